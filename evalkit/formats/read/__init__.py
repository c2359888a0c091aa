"""Files of other tools, read into records: a file per format, and one table of them.

``table.READABLE`` lists the formats; ``taking_in.take_in`` says what files are and reads them.
"""

"""What a judge says of everything, corrected by what people say of a part of it."""

from evalkit.vocabulary import Role


def test_an_admin_sees_everybody_and_can_invite(app, sign_in):
    sign_in(app, Role.ADMIN)
    app.run()
    app.switch_page("admin/people.py").run()
    assert not app.exception
    app.text_input(key="new-name").set_value("grace")
    app.button[0].click().run()
    assert not app.exception
    assert "grace" in app.dataframe[0].value["Name"].tolist()
    assert "/invitation/" in app.code[0].value

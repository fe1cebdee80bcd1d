from engage import people


def test_pages(world, sign_in, client):
    office = sign_in(world.secretary)
    pid = world.volunteer.person_id
    for path in (
        "/me",
        "/me/devices",
        "/me/password",
        "/members",
        "/members?q=zgf",
        "/members/new",
        f"/members/{pid}",
        f"/members/{pid}/edit",
        "/members/slips",
        "/members/cards",
        "/members?q=nobodyhere",
    ):
        r = office.get(path)
        assert r.status_code == 200, (path, r.text[:500])
    r = office.post("/members/slips", data={"person": [pid], "key": "k1"})
    assert r.status_code == 200
    open("/tmp/slip.html", "w").write(r.text)
    r = office.post("/members/cards", data={"person": [pid, world.leader.person_id]})
    assert r.status_code == 200
    for path in ("/sign-in", "/activate", "/forgot", people.card_address(pid).removeprefix("http://localhost")):
        assert client.get(path).status_code == 200
        assert office.get(path).status_code == 200

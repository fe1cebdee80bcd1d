from engage import people

def test_pages(world, sign_in, client):
    office = sign_in(world.secretary)
    pid = world.volunteer.person_id
    bad = []
    def get(c, path):
        try:
            r = c.get(path); assert r.status_code == 200, r.text[:300]
        except Exception as e:
            bad.append((path, str(e)[-900:]))
    for path in ("/me","/me/devices","/me/password","/members","/members?q=zgf","/members/new",f"/members/{pid}",f"/members/{pid}/edit","/members/slips","/members/cards","/members?q=nobodyhere", f"/members/slips?person={pid}"):
        get(office, path)
    for path in ("/sign-in","/sign-in?community=donghu", "/activate","/forgot","/k/"+people.card_addresses([pid]).popitem()[1].rsplit("/",1)[1] if False else "/activate"):
        get(client, path); get(office, path)
    for url, data in (("/members/slips", {"person":[pid], "key":"k1"}), ("/members/cards", {"person":[pid, world.leader.person_id]})):
        try:
            r = office.post(url, data=data); assert r.status_code==200, r.text[:300]
        except Exception as e:
            bad.append((url, str(e)[-900:]))
    assert not bad, "\n\n".join(f"{a}: {b}" for a,b in bad)

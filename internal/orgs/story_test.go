package orgs

import (
	"slices"
	"strings"
	"testing"
	"time"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

var because = i18n.Text{KK: "Бір ұйым екі рет тіркелген"}

func key(err error) string {
	p := problem.As(err)
	if p == nil {
		return ""
	}
	for _, f := range p.Fields {
		return f.Key
	}
	return p.Key
}

func TestClaimRules(t *testing.T) {
	today := day("2026-03-02")
	waiting := func() Claim { return Claim{State: ClaimWaiting, Until: day("2026-03-12")} }
	for _, c := range []struct {
		name  string
		claim Claim
		do    func(*Claim) error
		want  ClaimState
		key   string
	}{
		{"nobody speaks yet", Claim{State: ClaimSent}, func(c *Claim) error { return c.proved(0, 1, today, day("2026-03-12")) }, ClaimAccepted, ""},
		{"somebody speaks", Claim{State: ClaimSent}, func(c *Claim) error { return c.proved(2, 1, today, day("2026-03-12")) }, ClaimWaiting, ""},
		{"proved twice", waiting(), func(c *Claim) error { return c.proved(0, 1, today, day("2026-03-12")) }, ClaimWaiting, "orgs.claim_moved_on"},
		{"objection on the tenth day", waiting(), func(c *Claim) error { return c.object(because, day("2026-03-12")) }, ClaimObjected, ""},
		{"objection on the eleventh day", waiting(), func(c *Claim) error { return c.object(because, day("2026-03-13")) }, ClaimWaiting, "orgs.claim_moved_on"},
		{"objection without a reason", waiting(), func(c *Claim) error { return c.object(i18n.Text{}, today) }, ClaimWaiting, "orgs.why_missing"},
		{"accepted over an objection", Claim{State: ClaimObjected}, func(c *Claim) error { return c.decide(true, 1, because, today) }, ClaimAccepted, ""},
		{"refused on an objection", Claim{State: ClaimObjected}, func(c *Claim) error { return c.decide(false, 1, because, today) }, ClaimRefused, ""},
		{"a bad letter", Claim{State: ClaimSent}, func(c *Claim) error { return c.decide(false, 1, because, today) }, ClaimRefused, ""},
		{"accepted without a look at the letter", Claim{State: ClaimSent}, func(c *Claim) error { return c.decide(true, 1, because, today) }, ClaimSent, "orgs.claim_moved_on"},
		{"accepted within the ten days", waiting(), func(c *Claim) error { return c.decide(true, 1, because, today) }, ClaimWaiting, "orgs.claim_moved_on"},
		{"decided without a reason", Claim{State: ClaimObjected}, func(c *Claim) error { return c.decide(true, 1, i18n.Text{}, today) }, ClaimObjected, "orgs.why_missing"},
	} {
		if err := c.do(&c.claim); key(err) != c.key || c.claim.State != c.want {
			t.Errorf("%s: %s, %v", c.name, c.claim.State, err)
		}
	}
	if c := (Claim{State: ClaimSent}); c.proved(1, 1, today, day("2026-03-12")) != nil || c.Until != day("2026-03-12") {
		t.Errorf("a present lead has until %s", c.Until)
	}
}

func TestClaimByLetter(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		o := h.create(h.fund())
		aliya := h.person("aliya")
		if _, err := h.Claim(ctx, access.Actor{}, NewClaim{OrgID: o.ID}); !problem.Is(err, problem.Unauthenticated) {
			t.Errorf("a stranger claims: %v", err)
		}
		if _, err := h.Claim(ctx, aliya, NewClaim{OrgID: o.ID, Way: ByMail, Post: "Директор"}); key(err) != "orgs.no_mail" {
			t.Errorf("by mail without an address in the register: %v", err)
		}
		c, err := h.Claim(ctx, aliya, NewClaim{OrgID: o.ID, Way: ByLetter, Post: "Директор", Letter: "letter.pdf"})
		must(t, err)
		if _, err := h.Claim(ctx, aliya, NewClaim{OrgID: o.ID, Way: ByLetter, Post: "Директор", Letter: "letter.pdf"}); key(err) != "orgs.claim_open_already" {
			t.Errorf("claimed twice: %v", err)
		}
		if _, err := h.CheckLetter(ctx, h.elsewhere, c.ID); !problem.Is(err, problem.NotFound) {
			t.Errorf("an officer of another region: %v", err)
		}
		if _, err := h.CaseOf(ctx, h.person("stranger"), c.ID); !problem.Is(err, problem.NotFound) {
			t.Errorf("a claim is seen by others: %v", err)
		}
		if waits, err := h.Claims(ctx, h.officer); err != nil || len(waits) != 1 {
			t.Errorf("waits for the officer: %v, %v", waits, err)
		}
		c, err = h.CheckLetter(ctx, h.officer, c.ID)
		must(t, err)
		if c.State != ClaimAccepted || h.told != 0 {
			t.Errorf("%s, %d told", c.State, h.told)
		}
		must(t, h.d.View(ctx, func(tx *db.Tx) error {
			speak, err := leads(ctx, tx, o.ID)
			if !slices.Equal(speak, []ref.ID{aliya.UserID}) {
				t.Errorf("leads: %v", speak)
			}
			return err
		}))
	})
}

func TestPresentLeadHasTenDays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		draft := h.fund()
		draft.Mail = "office@umit.kz"
		o := h.create(draft)
		lead := h.lead("berik", o)
		aliya, serik := h.person("aliya"), h.person("serik")
		first, err := h.Claim(ctx, aliya, NewClaim{OrgID: o.ID, Way: ByMail, Post: "Директор"})
		must(t, err)
		second, err := h.Claim(ctx, serik, NewClaim{OrgID: o.ID, Way: ByMail, Post: "Бухгалтер"})
		must(t, err)
		if _, err := h.ProveByCode(ctx, aliya, first.ID, h.codes[1]); key(err) != "orgs.code_wrong" {
			t.Errorf("another's code: %v", err)
		}
		first, err = h.ProveByCode(ctx, aliya, first.ID, h.codes[0])
		must(t, err)
		second, err = h.ProveByCode(ctx, serik, second.ID, h.codes[1])
		must(t, err)
		if first.State != ClaimWaiting || h.told != 2 {
			t.Errorf("%s, %d told", first.State, h.told)
		}
		if _, err := h.ObjectTo(ctx, aliya, second.ID, because); !problem.Is(err, problem.NotFound) {
			t.Errorf("who is no lead objects: %v", err)
		}
		second, err = h.ObjectTo(ctx, lead, second.ID, because)
		must(t, err)
		h.clock.Advance(10 * 24 * time.Hour)
		if n, err := h.EndWaiting(ctx); n != 0 || err != nil {
			t.Errorf("within the ten days: %d, %v", n, err)
		}
		h.clock.Advance(24 * time.Hour)
		if n, err := h.EndWaiting(ctx); n != 1 || err != nil {
			t.Errorf("after the ten days: %d, %v", n, err)
		}
		second, err = h.DecideClaim(ctx, h.officer, second.ID, false, because)
		must(t, err)
		if second.State != ClaimRefused {
			t.Errorf("%s", second.State)
		}
		must(t, h.d.View(ctx, func(tx *db.Tx) error {
			speak, err := leads(ctx, tx, o.ID)
			if len(speak) != 2 || !slices.Contains(speak, aliya.UserID) {
				t.Errorf("leads: %v", speak)
			}
			return err
		}))
	})
}

// Two people prove their claims at once: one speaks for the organization at once,
// the other waits until the first one's ten days are over.
func TestTwoLeadsClaimAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		o := h.create(h.fund())
		var claims []Claim
		for _, name := range []string{"aliya", "serik"} {
			c, err := h.Claim(ctx, h.person(name), NewClaim{OrgID: o.ID, Way: ByLetter, Post: "Директор", Letter: "letter.pdf"})
			must(t, err)
			claims = append(claims, c)
		}
		type answer struct {
			c   Claim
			err error
		}
		answers := make(chan answer, 2)
		for _, c := range claims {
			go func() {
				c, err := h.CheckLetter(ctx, h.officer, c.ID)
				answers <- answer{c, err}
			}()
		}
		states := map[ClaimState]int{}
		for range 2 {
			a := <-answers
			must(t, a.err)
			states[a.c.State]++
		}
		if states[ClaimAccepted] != 1 || states[ClaimWaiting] != 1 {
			t.Errorf("%v", states)
		}
	})
}

func TestMerge(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		withBIN := h.create(h.fund())
		d := h.fund()
		d.BIN, d.Name, d.Founded = "", i18n.Text{RU: "OФ Умит"}, db.Date{}
		twin := h.create(d)
		d.PlaceID = h.village
		far := h.create(d)
		groups, err := h.Duplicates(ctx, h.officer, 10)
		must(t, err)
		if len(groups) != 1 || len(groups[0].Rows) != 2 {
			t.Fatalf("duplicates: %+v", groups)
		}
		other := h.fund()
		other.BIN = "230940123450"
		second := h.create(other)
		if err := h.Merge(ctx, h.officer, second.ID, withBIN.ID, because); key(err) != "orgs.merge_two_bins" {
			t.Errorf("two BINs are two bodies: %v", err)
		}
		if err := h.Merge(ctx, h.elsewhere, twin.ID, withBIN.ID, because); !problem.Is(err, problem.Forbidden) {
			t.Errorf("an officer of another region: %v", err)
		}
		if err := h.Merge(ctx, h.officer, twin.ID, twin.ID, because); key(err) != "orgs.merge_itself" {
			t.Errorf("with itself: %v", err)
		}
		lead := h.lead("berik", far)
		must(t, h.Merge(ctx, h.officer, far.ID, twin.ID, because))
		must(t, h.Merge(ctx, h.officer, withBIN.ID, twin.ID, because))
		if err := h.Merge(ctx, h.officer, twin.ID, far.ID, because); key(err) != "orgs.merged" {
			t.Errorf("into a merged page: %v", err)
		}
		heir, err := h.ByBIN(ctx, "150140000012")
		must(t, err)
		if heir.ID != twin.ID || heir.Founded != withBIN.Founded || heir.Name.KK == "" {
			t.Errorf("the heir: %+v", heir)
		}
		must(t, h.Merge(ctx, h.officer, twin.ID, h.create(d).ID, because))
		must(t, h.d.View(ctx, func(tx *db.Tx) error {
			got, err := h.ByIDs(ctx, tx, []ref.ID{withBIN.ID, far.ID, twin.ID})
			for id, o := range got {
				if !o.Living() || o.BIN != "150140000012" {
					t.Errorf("%s leads to %+v", id, o)
				}
			}
			return err
		}))
		if p, err := h.Profile(ctx, lead, far.ID); err != nil || p.Living() {
			t.Errorf("the merged page can still be read: %v, %v", p, err)
		}
	})
}

// A page merged into two others at once is merged into one of them; two pages
// merged into each other leave one.
func TestDoubleMerge(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		d := h.fund()
		d.BIN = ""
		a, b, c := h.create(d), h.create(d), h.create(d)
		race := func(pairs ...[2]Organization) (good int) {
			errs := make(chan error, len(pairs))
			for _, p := range pairs {
				go func() { errs <- h.Merge(ctx, h.officer, p[0].ID, p[1].ID, because) }()
			}
			for range pairs {
				switch err := <-errs; {
				case err == nil:
					good++
				case !problem.Is(err, problem.Conflict):
					t.Errorf("%v", err)
				}
			}
			return good
		}
		if n := race([2]Organization{a, b}, [2]Organization{a, c}); n != 1 {
			t.Errorf("merged into %d pages", n)
		}
		if n := race([2]Organization{b, c}, [2]Organization{c, b}); n != 1 {
			t.Errorf("%d of two pages went", n)
		}
		living := 0
		must(t, h.Each(ctx, func(Organization) error { living++; return nil }))
		if living != 1 {
			t.Errorf("%d pages live", living)
		}
	})
}

func TestYearlyReturn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		o := h.create(h.fund())
		body := h.fund()
		body.BIN, body.Kind = "", "state_body"
		h.create(body)
		young := h.fund()
		young.BIN, young.Founded = "", day("2026-01-15")
		h.create(young)
		for _, want := range []int{1, 0} {
			if n, err := h.OweReturns(ctx); n != want || err != nil {
				t.Fatalf("made %d returns, %v, want %d", n, err, want)
			}
		}
		lead := leadOf(o.ID)
		y, _, err := h.ReturnOf(ctx, lead, o.ID, 2025)
		must(t, err)
		data := ReturnData{Activity: i18n.Text{KK: "Балаларға көмек"}, PeopleHelped: 40, Staff: 3, IncomeDonations: 5, Note: i18n.Text{KK: "Бухгалтерге"}}
		if _, err := h.SubmitReturn(ctx, h.officer, o.ID, 2025, y.Version, data); !problem.Is(err, problem.Forbidden) {
			t.Errorf("an officer files: %v", err)
		}
		if _, err := h.SubmitReturn(ctx, lead, o.ID, 2025, y.Version, ReturnData{Staff: -1}); !problem.Is(err, problem.Invalid) || len(problem.As(err).Fields) != 2 {
			t.Errorf("bad fields: %v", err)
		}
		y, err = h.SubmitReturn(ctx, lead, o.ID, 2025, y.Version, data)
		must(t, err)
		data.PeopleHelped = 41
		if _, err := h.SubmitReturn(ctx, lead, o.ID, 2025, 1, data); !problem.Is(err, problem.Conflict) {
			t.Errorf("a stale form: %v", err)
		}
		_, err = h.SubmitReturn(ctx, lead, o.ID, 2025, y.Version, data)
		must(t, err)
		for _, c := range []struct {
			by                 access.Actor
			staff, donations   int64
			note, owedAsPublic bool
		}{
			{access.Actor{}, 0, 0, false, true}, {h.officer, 3, 5, false, true}, {lead, 3, 5, true, true},
		} {
			p, err := h.Profile(ctx, c.by, o.ID)
			must(t, err)
			if len(p.Returns) != 1 || len(p.Owed) != 1 {
				t.Fatalf("%+v", p)
			}
			got := p.Returns[0]
			if got.PeopleHelped != 41 || got.Staff != c.staff || got.IncomeDonations != c.donations || got.Note.IsZero() == c.note {
				t.Errorf("%s sees %+v", p.Circle, got)
			}
			if p.Owed[0].State(h.Today()) != obligations.StateKept || p.Owed[0].Due != day("2026-03-31") {
				t.Errorf("owed: %+v", p.Owed[0])
			}
		}
	})
}

func TestCorrections(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		o := h.create(h.fund())
		sender := h.person("sender")
		if _, err := h.AskCorrection(ctx, access.Actor{}, NewCorrection{Page: o.Ref(), Subject: "weather", Body: "?"}); key(err) != "orgs.subject_unknown" {
			t.Errorf("%v", err)
		}
		_, err := h.AskCorrection(ctx, access.Actor{}, NewCorrection{Page: o.Ref(), Subject: "head", Body: "Басшы ауысты"})
		must(t, err)
		c, err := h.AskCorrection(ctx, sender, NewCorrection{Page: o.Ref(), Subject: "place", Body: "Мекенжай басқа", Mail: "me@example.kz"})
		must(t, err)
		p, err := h.Profile(ctx, access.Actor{}, o.ID)
		must(t, err)
		if len(p.Corrections)+len(p.Asked) != 0 || len(p.Owed) != 0 {
			t.Errorf("strangers see what is not decided: %+v", p)
		}
		if _, _, err := h.CorrectionByID(ctx, sender, c.ID); !problem.Is(err, problem.NotFound) {
			t.Errorf("%v", err)
		}
		got, _, err := h.CorrectionByID(ctx, h.officer, c.ID)
		must(t, err)
		if got.Body != "Мекенжай басқа" {
			t.Errorf("the keeper reads %+v", got)
		}
		_, err = h.DecideCorrection(ctx, h.officer, c.ID, Corrected, i18n.Text{KK: "Мекенжай түзетілді"})
		must(t, err)
		if _, err := h.DecideCorrection(ctx, h.officer, c.ID, Declined, because); !problem.Is(err, problem.Conflict) {
			t.Errorf("decided twice: %v", err)
		}
		p, err = h.Profile(ctx, access.Actor{}, o.ID)
		must(t, err)
		if len(p.Corrections) != 1 || p.Corrections[0].Body+p.Corrections[0].SenderMail != "" || p.Corrections[0].SenderID != 0 || p.Corrections[0].Subject != "place" {
			t.Errorf("the public log: %+v", p.Corrections)
		}
		must(t, h.d.View(ctx, func(tx *db.Tx) error {
			bodies, err := db.All(ctx, tx, db.Value[string], `SELECT body FROM journal_bodies`)
			for _, b := range bodies {
				if strings.Contains(b, "me@example.kz") || strings.Contains(b, "Мекенжай басқа") || strings.Contains(b, sender.UserID.String()) && strings.Contains(b, "subject") {
					t.Errorf("an entry tells who asked: %s", b)
				}
			}
			owed, err2 := h.Obligations.Of(ctx, tx, o.Ref())
			if len(owed) != 2 || owed[0].Owner.Kind != "place" || owed[1].State(h.Today()) != obligations.StateKept {
				t.Errorf("owed: %+v", owed)
			}
			if err == nil {
				err = err2
			}
			return err
		}))
		h.clock.Advance(400 * 24 * time.Hour)
		must(t, h.d.Update(ctx, func(tx *db.Tx) error { return h.ForgetSenders(ctx, tx) }))
		got, _, err = h.CorrectionByID(ctx, h.officer, c.ID)
		must(t, err)
		if got.SenderID != 0 || got.SenderMail != "" {
			t.Errorf("a year later it is known who asked: %+v", got)
		}
	})
}

func TestTies(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		o := h.create(h.fund())
		if _, ok := h.PersonByIIN("061211600013"); ok {
			t.Error("a wrong IIN was taken")
		}
		iin, ok := h.PersonByIIN("061211600012")
		if !ok || strings.Contains(iin, "061211600012") {
			t.Fatalf("key %q", iin)
		}
		lead, aliya := leadOf(o.ID), h.person("aliya")
		tie, err := h.AddTie(ctx, lead, o.ID, iin, Founder, day("2020-01-01"))
		must(t, err)
		_, err = h.AddTie(ctx, aliya, o.ID, h.PersonByUser(aliya.UserID), Member, db.Date{})
		must(t, err)
		if _, err := h.AddTie(ctx, aliya, o.ID, iin, Member, db.Date{}); !problem.Is(err, problem.Forbidden) {
			t.Errorf("a tie of somebody else: %v", err)
		}
		if _, err := h.AddTie(ctx, lead, o.ID, iin, Founder, db.Date{}); !problem.Is(err, problem.Conflict) {
			t.Errorf("the same tie twice: %v", err)
		}
		must(t, h.EndTie(ctx, lead, tie.ID, day("2024-12-31")))
		twin := h.fund()
		twin.BIN, twin.Name, twin.Address = "", i18n.Only(i18n.RU, "ОФ «Умит-2»"), i18n.Only(i18n.RU, "ул. Абая, 5")
		beside := h.create(twin)
		must(t, h.Merge(ctx, h.officer, beside.ID, o.ID, because))
		for on, want := range map[string][]ref.ID{"2019-12-31": nil, "2024-12-31": {o.ID, beside.ID}, "2025-01-01": nil} {
			must(t, h.d.View(ctx, func(tx *db.Tx) error {
				tied, err := TiedTo(ctx, tx, []string{iin}, day(on))
				if !slices.Equal(tied, want) {
					t.Errorf("on %s: %v", on, tied)
				}
				return err
			}))
		}
	})
}

func TestNeighboursShareAnAddress(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		at := func(name, address string, place ref.ID) Organization {
			d := fundAt(place)
			d.BIN, d.Name, d.Address = "", i18n.Only(i18n.RU, name), i18n.Only(i18n.RU, address)
			return h.create(d)
		}
		one, two := at("Одно", "ул. Абая, 5", h.town), at("Другое", " Ул.  Абая, 5 ", h.town)
		at("Третье", "ул. Абая, 7", h.town)
		at("Четвертое", "ул. Абая, 5", h.village)
		none := at("Без адреса", "", h.town)
		for id, want := range map[ref.ID][]ref.ID{one.ID: {two.ID}, two.ID: {one.ID}, none.ID: nil} {
			must(t, h.d.View(t.Context(), func(tx *db.Tx) error {
				near, err := Neighbours(t.Context(), tx, id)
				if !slices.Equal(near, want) {
					t.Errorf("beside %s: %v", id, near)
				}
				return err
			}))
		}
	})
}

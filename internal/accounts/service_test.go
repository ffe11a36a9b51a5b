package accounts

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/keys"
	"birge/internal/platform/mail"
	"birge/internal/platform/ref"
)

const secret = "үш боз ат көктемде"

var (
	portal = access.Portal("test")
	home   = Knock{"192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
	fund   = ref.Ref{Kind: "organization", ID: 77, Title: i18n.Text{RU: "Фонд"}, Path: "/organizations/77"}
	data   = []string{ConsentData}
)

// house is a room in a test, with its letters and its clock.
type house struct {
	*Service
	t     *testing.T
	clock *dbtest.Clock
	mu    sync.Mutex
	sent  []Letter
}

func each(t *testing.T, test func(t *testing.T, h *house)) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := &house{t: t, clock: clock}
		ring, err := keys.Open(t.TempDir())
		h.must(err)
		s, err := New(d, Options{SecondFactor: true, Base: origin, Keys: ring, Post: func(ctx context.Context, tx *db.Tx, l Letter) error {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.sent = append(h.sent, l)
			return mail.Send(ctx, tx, mail.Letter{To: l.To, Lang: l.Lang, Subject: l.Kind, Text: l.To + " " + l.Token})
		}})
		h.must(err)
		h.Service = s
		test(t, h)
	})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) want(err error, key string) {
	h.t.Helper()
	if got := keyOf(err); got != key {
		h.t.Fatalf("answer %q, want %q", got, key)
	}
}

func (h *house) person(name string) Person {
	h.t.Helper()
	p, err := h.Enrol(h.t.Context(), portal, NewPerson{Name: name, Email: name + "@example.kz", Lang: i18n.RU, Password: secret, Proved: true})
	h.must(err)
	return p
}

// signIn gives the token and the actor of a person who signs in.
func (h *house) signIn(name string) (string, access.Actor) {
	h.t.Helper()
	e, err := h.SignIn(h.t.Context(), home, name+"@example.kz", secret)
	h.must(err)
	return e.Token, h.actor(e.Token)
}

func (h *house) actor(token string) access.Actor {
	h.t.Helper()
	a, err := h.ActorOf(h.t.Context(), token)
	h.must(err)
	return a
}

func (h *house) give(p Person, role access.Role, scope ref.Ref) {
	h.t.Helper()
	_, err := h.GiveRole(h.t.Context(), portal, p.ID, role, scope)
	h.must(err)
}

func (h *house) end(by access.Actor, grant ref.ID) {
	h.t.Helper()
	_, err := h.EndRole(h.t.Context(), by, grant)
	h.must(err)
}

func (h *house) letter() Letter {
	h.t.Helper()
	if len(h.sent) == 0 {
		h.t.Fatal("no letter was sent")
	}
	return h.sent[len(h.sent)-1]
}

func (h *house) count(query string, args ...any) (n int64) {
	h.t.Helper()
	h.must(h.db.View(h.t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One(h.t.Context(), tx, db.Value[int64], query, args...)
		return err
	}))
	return n
}

func TestSignInByPassword(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.person("asel")
		h.give(p, access.Lead, fund)
		e, err := h.SignIn(t.Context(), home, " Asel@Example.KZ ", secret)
		h.must(err)
		a := h.actor(e.Token)
		if a.UserID != p.ID || a.Name != "asel" || a.Session != e.Session.ID || !a.LeadsOrg(fund.ID) || a.Confirmed {
			t.Errorf("the actor is %+v", a)
		}
		if e.Session.Device != "Firefox, Linux" {
			t.Errorf("the device is %q", e.Session.Device)
		}
		for _, token := range []string{"", "x", e.Token + "x"} {
			if h.actor(token).SignedIn() {
				t.Errorf("token %q is signed in", token)
			}
		}
		if n := h.count(`SELECT count(*) FROM sessions WHERE token_hash = $1`, []byte(e.Token)); n != 0 {
			t.Error("the store holds the token itself")
		}
	})
}

func TestOneAnswerToAllWhoCannotSignIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("asel")
		blocked := h.person("blocked")
		h.must(h.Block(t.Context(), portal, blocked.ID, true))
		linkOnly, err := h.Enrol(t.Context(), portal, NewPerson{Name: "link", Email: "link@example.kz"})
		h.must(err)
		if !linkOnly.PasswordAt.IsZero() {
			t.Error("a password out of nothing")
		}
		for _, x := range [][2]string{
			{"asel", "wrong password"}, {"nobody", secret}, {"blocked", secret}, {"link", ""}, {"link", "nobody has this password"}, {"nobody", "nobody has this password"},
		} {
			_, err := h.SignIn(t.Context(), home, x[0]+"@example.kz", x[1])
			h.want(err, "accounts.sign_in.wrong")
		}
	})
}

func TestUnknownAddressTakesTheSameWork(t *testing.T) {
	h := newHasher()
	hash, err := h.hash(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	// The cost is in the parameters of the hash that is compared.
	if a, b := strings.Join(strings.Split(hash, "$")[:4], "$"), strings.Join(strings.Split(h.decoy, "$")[:4], "$"); a != b {
		t.Errorf("the decoy costs %s, a password %s", b, a)
	}
	if ok, _ := h.matches(t.Context(), "nobody has this password", ""); ok {
		t.Error("the decoy lets somebody in")
	}
}

func TestGuessesWaitLongerAndLonger(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("asel")
		wrong := func() error {
			_, err := h.SignIn(t.Context(), home, "asel@example.kz", "wrong password")
			return err
		}
		for range 5 {
			h.want(wrong(), "accounts.sign_in.wrong")
		}
		_, err := h.SignIn(t.Context(), home, "asel@example.kz", secret)
		h.want(err, "accounts.wait") // the right one waits too
		h.clock.Advance(31 * time.Second)
		h.want(wrong(), "accounts.sign_in.wrong")
		h.clock.Advance(31 * time.Second)
		h.want(wrong(), "accounts.wait")
		h.clock.Advance(30 * time.Second)
		h.signIn("asel")
		h.want(wrong(), "accounts.sign_in.wrong") // what was proved starts anew
	})
}

func TestGuessesFromOneAddressOverManyAccounts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for i := range 20 {
			_, err := h.SignIn(t.Context(), home, fmt.Sprintf("n%d@example.kz", i), secret)
			h.want(err, "accounts.sign_in.wrong")
		}
		_, err := h.SignIn(t.Context(), home, "another@example.kz", secret)
		h.want(err, "accounts.wait")
		_, err = h.SignIn(t.Context(), Knock{Address: "192.0.2.8"}, "another@example.kz", secret)
		h.want(err, "accounts.sign_in.wrong")
	})
}

func TestGuessesAtOnceAreCountedOneByOne(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("asel")
		var judged, waited int
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				_, err := h.SignIn(t.Context(), home, "asel@example.kz", "wrong password")
				mu.Lock()
				defer mu.Unlock()
				switch keyOf(err) {
				case "accounts.sign_in.wrong":
					judged++
				case "accounts.wait":
					waited++
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if judged != 5 || waited != 7 {
			t.Errorf("%d judged and %d made to wait, want 5 and 7", judged, waited)
		}
	})
}

func TestSessionsAreSeenAndEnded(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("asel")
		h.person("other")
		phone, onPhone := h.signIn("asel")
		h.clock.Advance(time.Minute)
		laptop, onLaptop := h.signIn("asel")
		_, stranger := h.signIn("other")
		list, err := h.Sessions(t.Context(), onLaptop)
		h.must(err)
		if len(list) != 2 || list[0].ID != onLaptop.Session {
			t.Fatalf("sessions %+v", list)
		}
		h.want(h.EndSession(t.Context(), stranger, onPhone.Session), "problem.not_found")
		h.must(h.EndSession(t.Context(), onLaptop, onPhone.Session))
		if h.actor(phone).SignedIn() || !h.actor(laptop).SignedIn() {
			t.Error("the wrong session ended")
		}
		again, _ := h.signIn("asel")
		h.must(h.EndOtherSessions(t.Context(), onLaptop))
		if h.actor(again).SignedIn() || !h.actor(laptop).SignedIn() {
			t.Error("ending the others ended the wrong ones")
		}
		h.must(h.SignOut(t.Context(), laptop))
		if h.actor(laptop).SignedIn() {
			t.Error("signed out and still in")
		}
	})
}

func TestLastSeenIsWrittenTogether(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("asel")
		token, a := h.signIn("asel")
		h.clock.Advance(90 * time.Second)
		h.actor(token)
		h.must(h.Flush(t.Context()))
		list, err := h.Sessions(t.Context(), a)
		h.must(err)
		if want := dbtest.Start.Add(time.Minute); !list[0].SeenAt.Equal(want) {
			t.Errorf("last seen %v, want %v", list[0].SeenAt, want)
		}
		for range 6 {
			h.clock.Advance(6 * 24 * time.Hour)
			h.actor(token)
			h.must(h.Flush(t.Context()))
		}
		if h.actor(token).SignedIn() {
			t.Error("a session lives longer than thirty days")
		}
	})
}

func TestPasswordIsChanged(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("asel")
		other, _ := h.signIn("asel")
		token, a := h.signIn("asel")
		const fresh = "дождь над Уралом"
		h.want(h.SetPassword(t.Context(), a, "wrong password", fresh), "accounts.password.wrong")
		h.want(h.SetPassword(t.Context(), a, secret, "short"), "accounts.password.short")
		h.must(h.SetPassword(t.Context(), a, secret, fresh))
		if l := h.letter(); l.Kind != "sign_in_changed" || l.To != "asel@example.kz" {
			t.Errorf("the person was told %+v", l)
		}
		if h.actor(other).SignedIn() || !h.actor(token).SignedIn() {
			t.Error("other sessions must end, the present one stay")
		}
		_, err := h.SignIn(t.Context(), home, "asel@example.kz", secret)
		h.want(err, "accounts.sign_in.wrong")
		_, err = h.SignIn(t.Context(), home, "asel@example.kz", fresh)
		h.must(err)
		if n := h.count(`SELECT count(*) FROM journal_entries WHERE act = 'accounts.password.set'`); n != 1 {
			t.Errorf("%d entries, want 1", n)
		}
	})
}

func TestMailedLinkWorksOnceAndInTime(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p, err := h.Enrol(t.Context(), portal, NewPerson{Name: "Asel", Email: "asel@example.kz", Lang: i18n.KK})
		h.must(err)
		h.must(h.AskLink(t.Context(), home, "ASEL@example.kz", i18n.EN))
		l := h.letter()
		if l.Kind != "sign_in" || l.To != "asel@example.kz" || l.Lang != i18n.KK {
			t.Fatalf("letter %+v", l)
		}
		email, err := h.SignInLink(t.Context(), l.Token) // looking uses nothing
		h.must(err)
		e, err := h.SignInByLink(t.Context(), home, l.Token)
		h.must(err)
		if a := h.actor(e.Token); a.UserID != p.ID || email != p.Email {
			t.Errorf("signed in as %+v by a link to %s", a, email)
		}
		_, err = h.SignInByLink(t.Context(), home, l.Token)
		h.want(err, "accounts.link.over")
		h.must(h.AskLink(t.Context(), home, p.Email, i18n.KK))
		h.clock.Advance(signInLife)
		_, err = h.SignInByLink(t.Context(), home, h.letter().Token)
		h.want(err, "accounts.link.over")
		_, err = h.JoinLink(t.Context(), h.letter().Token)
		h.want(err, "accounts.link.over")
	})
}

func TestAskingForLettersIsLimited(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for range 3 {
			h.must(h.AskLink(t.Context(), home, "asel@example.kz", i18n.KK))
		}
		h.want(h.AskLink(t.Context(), home, "asel@example.kz", i18n.KK), "accounts.wait")
		if len(h.sent) != 3 {
			t.Errorf("%d letters", len(h.sent))
		}
	})
}

func TestJoinByMailedLink(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.must(h.AskLink(t.Context(), home, "new@example.kz", i18n.EN))
		l := h.letter()
		if l.Kind != "join" || l.Lang != i18n.EN {
			t.Fatalf("letter %+v", l)
		}
		n := NewPerson{Name: "  New   One ", Lang: i18n.EN, Password: secret, Email: "victim@example.kz"}
		_, err := h.Join(t.Context(), home, l.Token, n, nil)
		h.want(err, "accounts.consent.needed")
		e, err := h.Join(t.Context(), home, l.Token, n, data)
		h.must(err)
		me, err := h.Me(t.Context(), h.actor(e.Token))
		h.must(err)
		if me.Name != "New One" || me.Email != "new@example.kz" || me.EmailProved.IsZero() || me.PasswordAt.IsZero() {
			t.Errorf("joined as %+v", me)
		}
		_, err = h.Join(t.Context(), home, l.Token, n, data)
		h.want(err, "accounts.link.over")
	})
}

func TestAddressIsChangedByItsReader(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("asel")
		h.person("other")
		_, a := h.signIn("asel")
		_, stranger := h.signIn("other")
		h.must(h.AskEmail(t.Context(), a, "fresh@example.kz"))
		token := h.letter().Token
		h.want(h.ChangeEmail(t.Context(), stranger, token), "accounts.link.over")
		h.must(h.ChangeEmail(t.Context(), a, token))
		if l := h.letter(); l.Kind != "email_changed" || l.To != "asel@example.kz" {
			t.Errorf("the old address got %+v", l)
		}
		h.must(h.AskEmail(t.Context(), a, "Other@example.kz"))
		h.want(h.ChangeEmail(t.Context(), a, h.letter().Token), "accounts.email.taken")
	})
}

func TestGrantsAreNotEscalated(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		lead, staff := h.person("lead"), h.person("staff")
		h.give(lead, access.Lead, fund)
		token, by := h.signIn("lead")
		for _, role := range []access.Role{access.Officer, access.Admin, access.Keeper} {
			_, err := h.GiveRole(t.Context(), by, staff.ID, role, ref.Ref{})
			h.want(err, "accounts.grant.not_yours")
		}
		_, err := h.GiveRole(t.Context(), by, lead.ID, access.Staff, fund)
		h.want(err, "accounts.grant.to_oneself")
		_, err = h.GiveRole(t.Context(), by, staff.ID, access.Staff, ref.Ref{Kind: "organization", ID: 78})
		h.want(err, "accounts.grant.not_yours")
		g, err := h.GiveRole(t.Context(), by, staff.ID, access.Staff, fund)
		h.must(err)
		_, err = h.GiveRole(t.Context(), by, staff.ID, access.Staff, fund)
		h.want(err, "accounts.grant.held_already")
		staffToken, member := h.signIn("staff")
		if !member.WorksFor(fund.ID) || member.LeadsOrg(fund.ID) {
			t.Errorf("staff holds %+v", member.Grants)
		}
		_, err = h.Grants(t.Context(), member, lead.ID)
		h.want(err, "problem.not_found")
		h.end(by, g.ID)
		if h.actor(staffToken).WorksFor(fund.ID) {
			t.Error("an ended grant still counts")
		}
		if !h.actor(token).LeadsOrg(fund.ID) {
			t.Error("the lead lost the role")
		}
	})
}

func TestLastAdministratorStays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.person("admin")
		h.give(p, access.Admin, ref.Ref{})
		_, err := h.GiveRole(t.Context(), portal, p.ID, access.Officer, ref.Ref{})
		h.want(err, "accounts.grant.admin_apart")
		gs, err := h.Grants(t.Context(), portal, p.ID)
		h.must(err)
		_, err = h.EndRole(t.Context(), portal, gs[0].ID)
		h.want(err, "accounts.grant.last_admin")
		h.give(h.person("second"), access.Admin, ref.Ref{})
		h.end(portal, gs[0].ID)
	})
}

func TestTwoAdministratorsLeaveAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var ids []ref.ID
		for _, name := range []string{"one", "two"} {
			p := h.person(name)
			h.give(p, access.Admin, ref.Ref{})
			gs, err := h.Grants(t.Context(), portal, p.ID)
			h.must(err)
			ids = append(ids, gs[0].ID)
		}
		var all sync.WaitGroup
		for _, id := range ids {
			all.Go(func() { _, _ = h.EndRole(t.Context(), portal, id) })
		}
		all.Wait()
		if n := h.count(`SELECT count(*) FROM grants WHERE role = 'admin' AND ended_at IS NULL`); n != 1 {
			t.Errorf("%d administrators are left, want 1", n)
		}
	})
}

func TestInvitationIsTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.give(h.person("lead"), access.Lead, fund)
		h.person("a")
		h.person("b")
		_, lead := h.signIn("lead")
		_, a := h.signIn("a")
		_, b := h.signIn("b")
		_, err := h.Invite(t.Context(), a, "x@example.kz", access.Staff, fund, i18n.KK)
		h.want(err, "accounts.grant.not_yours")
		_, err = h.Invite(t.Context(), lead, "a@example.kz", access.Staff, fund, i18n.KK)
		h.must(err)
		l := h.letter()
		inv, err := h.InvitationLink(t.Context(), l.Token)
		h.must(err)
		if inv.Role != access.Staff || inv.Scope != fund || l.Kind != "invitation" {
			t.Fatalf("invitation %+v by letter %+v", inv, l)
		}
		results := make([]error, 2)
		var all sync.WaitGroup
		for i, by := range []access.Actor{a, b} {
			all.Go(func() { results[i] = h.TakeInvitation(t.Context(), by, l.Token) })
		}
		all.Wait()
		if n := h.count(`SELECT count(*) FROM grants WHERE role = 'staff'`); n != 1 || (results[0] == nil) == (results[1] == nil) {
			t.Errorf("%d grants from one invitation; answers %v", n, results)
		}
	})
}

func TestInvitationOfSomebodyWhoLostTheRight(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.person("lead")
		h.give(p, access.Lead, fund)
		_, lead := h.signIn("lead")
		_, err := h.Invite(t.Context(), lead, "new@example.kz", access.Lead, fund, i18n.KK)
		h.must(err)
		gs, err := h.Grants(t.Context(), lead, p.ID)
		h.must(err)
		h.end(lead, gs[0].ID)
		n := NewPerson{Name: "New", Lang: i18n.KK, Password: secret}
		_, err = h.JoinInvited(t.Context(), home, h.letter().Token, n, data)
		h.want(err, "accounts.link.over")
		if n := h.count(`SELECT count(*) FROM persons`); n != 1 {
			t.Errorf("%d persons: somebody was half made", n)
		}
	})
}

func TestJoinInvitedAndWithdrawn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.give(h.person("lead"), access.Lead, fund)
		_, lead := h.signIn("lead")
		_, err := h.Invite(t.Context(), lead, "new@example.kz", access.Staff, fund, i18n.KK)
		h.must(err)
		e, err := h.JoinInvited(t.Context(), home, h.letter().Token, NewPerson{Name: "New", Lang: i18n.KK}, data)
		h.must(err)
		if !h.actor(e.Token).WorksFor(fund.ID) {
			t.Error("joined without the role")
		}
		inv, err := h.Invite(t.Context(), lead, "late@example.kz", access.Staff, fund, i18n.KK)
		h.must(err)
		h.want(h.WithdrawInvitation(t.Context(), h.actor(e.Token), inv.ID), "problem.not_found")
		h.must(h.WithdrawInvitation(t.Context(), lead, inv.ID))
		_, err = h.InvitationLink(t.Context(), h.letter().Token)
		h.want(err, "accounts.link.over")
	})
}

func TestConsentsAreGivenAndWithdrawn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.person("asel")
		_, a := h.signIn("asel")
		agreed := func() (ok bool) {
			h.must(h.db.View(t.Context(), func(tx *db.Tx) (err error) {
				ok, err = Consented(t.Context(), tx, p.ID, ConsentLetters)
				return err
			}))
			return ok
		}
		h.must(h.GiveConsent(t.Context(), a, ConsentLetters))
		h.must(h.GiveConsent(t.Context(), a, ConsentLetters))
		if !agreed() {
			t.Error("consent was not noted")
		}
		h.must(h.WithdrawConsent(t.Context(), a, ConsentLetters))
		if agreed() {
			t.Error("consent was not withdrawn")
		}
		list, err := h.Consents(t.Context(), a)
		h.must(err)
		if len(list) != 1 || list[0].WithdrawnAt.IsZero() || list[0].TextVersion == "" {
			t.Errorf("consents %+v", list)
		}
		h.want(h.WithdrawConsent(t.Context(), a, ConsentData), "accounts.consent.erase_instead")
	})
}

// confirmed is the actor as after a second factor.
func confirmed(a access.Actor) access.Actor {
	a.Confirmed = true
	return a
}

func TestVisitIsUndoneByItsSlip(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.give(h.person("officer"), access.Officer, ref.Ref{})
		token, officer := h.signIn("officer")
		n := NewPerson{Name: "Дәмелі Қасымова", Lang: i18n.KK}
		_, _, err := h.Receive(t.Context(), officer, n, "Ұйымды тіркеу")
		h.want(err, "accounts.confirm.first")
		v, code, err := h.Receive(t.Context(), confirmed(officer), n, "Ұйымды тіркеу")
		h.must(err)
		a := h.actor(token)
		if a.OnBehalf != v.PersonID || a.UserID != officer.UserID || !v.Enrolled {
			t.Fatalf("the officer acts as %+v in %+v", a, v)
		}
		h.must(h.EndVisit(t.Context(), a))
		if h.actor(token).OnBehalf != 0 {
			t.Error("the visit ended and the officer still acts for the person")
		}
		var undone Visit
		h.OnUndo(func(_ context.Context, _ *db.Tx, _ access.Actor, v Visit) error { undone = v; return nil })
		h.want(h.UndoVisit(t.Context(), home, newCode(visitCode)), "accounts.link.over")
		h.must(h.UndoVisit(t.Context(), home, strings.ToUpper(Grouped(code))))
		if undone.ID != v.ID {
			t.Error("the other rooms were not told")
		}
		h.want(h.UndoVisit(t.Context(), home, code), "accounts.link.over")
		h.nowhere("Дәмелі", "Қасымова", "Ұйымды")
	})
}

func TestVisitEndsByItself(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.give(h.person("officer"), access.Officer, ref.Ref{})
		p := h.person("visitor")
		token, officer := h.signIn("officer")
		v, _, err := h.Receive(t.Context(), confirmed(officer), NewPerson{Name: "x", Email: p.Email}, "Отчёт")
		h.must(err)
		if v.PersonID != p.ID || v.Enrolled {
			t.Errorf("visit %+v", v)
		}
		if l := h.letter(); l.Kind != "visit" || l.To != p.Email {
			t.Errorf("the person was told %+v", l)
		}
		h.clock.Advance(visitLife)
		if h.actor(token).OnBehalf != 0 {
			t.Error("the visit lasts for ever")
		}
	})
}

// nowhere fails when one of the values is in any column of any table.
func (h *house) nowhere(values ...string) {
	h.t.Helper()
	h.must(h.db.View(h.t.Context(), func(tx *db.Tx) error {
		for _, table := range tables(h.t) {
			rows, err := tx.Query(h.t.Context(), `SELECT * FROM `+table)
			if err != nil {
				return err
			}
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			for rows.Next() {
				row, dest := make([]any, len(columns)), make([]any, len(columns))
				for i := range row {
					dest[i] = &row[i]
				}
				if err := rows.Scan(dest...); err != nil {
					return err
				}
				for i, v := range row {
					text := fmt.Sprintf("%s", v)
					for _, value := range values {
						if strings.Contains(strings.ToLower(text), strings.ToLower(value)) {
							h.t.Errorf("%s.%s still holds %q", table, columns[i], value)
						}
					}
				}
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	}))
}

func tables(t *testing.T) (names []string) {
	t.Helper()
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	made, gone := regexp.MustCompile(`CREATE TABLE (\w+)`), regexp.MustCompile(`DROP TABLE (\w+)`)
	renamed := regexp.MustCompile(`ALTER TABLE (\w+) RENAME TO (\w+)`)
	for _, file := range files {
		b, err := fs.ReadFile(migrations.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range made.FindAllStringSubmatch(string(b), -1) {
			names = append(names, m[1])
		}
		for _, m := range gone.FindAllStringSubmatch(string(b), -1) {
			names = slices.DeleteFunc(names, func(name string) bool { return name == m[1] })
		}
		for _, m := range renamed.FindAllStringSubmatch(string(b), -1) {
			names[slices.Index(names, m[1])] = m[2]
		}
	}
	if len(names) < 15 {
		t.Fatalf("only %d tables found", len(names))
	}
	return names
}

func TestErasureLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.give(h.person("lead"), access.Lead, fund)
		_, lead := h.signIn("lead")
		_, err := h.Invite(t.Context(), lead, "Zhansaya.Unique@example.kz", access.Staff, fund, i18n.KK)
		h.must(err)
		e, err := h.JoinInvited(t.Context(), home, h.letter().Token, NewPerson{Name: "Жансая Бірегей", Lang: i18n.KK, Password: secret}, data)
		h.must(err)
		h.must(h.AskLink(t.Context(), home, "zhansaya.unique@example.kz", i18n.KK))
		a := h.actor(e.Token)
		h.must(h.Rename(t.Context(), a, "Жансая Бірегейқызы", i18n.KK))
		h.want(h.EraseMe(t.Context(), a, "wrong password"), "accounts.password.wrong")
		h.must(h.EraseMe(t.Context(), a, secret))
		h.nowhere("Жансая", "Бірегей", "zhansaya")
		if h.actor(e.Token).SignedIn() {
			t.Error("an erased person is signed in")
		}
		all, err := h.Erasures(t.Context())
		h.must(err)
		if len(all) != 1 || all[0].Person != a.UserID || all[0].At.IsZero() {
			t.Errorf("erasures %v", all)
		}
		if n := h.count(`SELECT count(*) FROM grants WHERE person_id = $1 AND ended_at IS NULL`, a.UserID); n != 0 {
			t.Error("an erased person holds a role")
		}
		if n := h.count(`SELECT count(*) FROM journal_entries WHERE thing_id = $1`, a.UserID); n != 3 {
			t.Errorf("%d entries of the person stay, want 3: joined, renamed, erased", n)
		}
	})
}

func TestCopyIsComplete(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, p := h.person("admin"), h.person("asel")
		h.give(admin, access.Admin, ref.Ref{})
		h.give(p, access.Lead, fund)
		_, a := h.signIn("asel")
		_, runs := h.signIn("admin")
		h.must(h.GiveConsent(t.Context(), a, ConsentLetters))
		_, err := h.Invite(t.Context(), a, "colleague@example.kz", access.Staff, fund, i18n.KK)
		h.must(err)
		_, err = h.Person(t.Context(), runs, p.ID)
		h.must(err)
		h.Hold(Holder{Copy: func(context.Context, *db.Tx, ref.ID) (map[string]any, error) {
			return map[string]any{"elsewhere": "kept by another room"}, nil
		}})
		all, err := h.Copy(t.Context(), a)
		h.must(err)
		b, err := json.Marshal(all)
		h.must(err)
		for _, want := range []string{
			"asel@example.kz", "Firefox, Linux", `"lead"`, "Фонд", `"letters"`, "colleague@example.kz", `"looks":[{"name":"person"`,
			"accounts.consent.give", "kept by another room",
		} {
			if !strings.Contains(string(b), want) {
				t.Errorf("the copy lacks %s: %s", want, b)
			}
		}
		for _, secret := range []string{"argon2id", "token_hash", runs.UserID.String()} {
			if strings.Contains(string(b), secret) {
				t.Errorf("the copy holds %s", secret)
			}
		}
		_, err = h.Copy(t.Context(), access.Actor{})
		h.want(err, "problem.sign_in")
	})
}

func TestWhatIsDueIsErased(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.give(h.person("lead"), access.Lead, fund)
		token, lead := h.signIn("lead")
		_, err := h.Invite(t.Context(), lead, "invited.unique@example.kz", access.Staff, fund, i18n.KK)
		h.must(err)
		h.must(h.SignOut(t.Context(), token))
		h.must(h.Expire(t.Context()))
		if n := h.count(`SELECT count(*) FROM sessions`); n != 1 {
			t.Error("a session was erased too early")
		}
		h.clock.Advance(366 * 24 * time.Hour)
		h.must(h.Expire(t.Context()))
		h.must(h.db.Update(t.Context(), func(tx *db.Tx) error { // the outbox forgets by a job of its own
			return mail.EraseTo(t.Context(), tx, "invited.unique@example.kz")
		}))
		h.nowhere("invited.unique")
		if n := h.count(`SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM tickets) + (SELECT count(*) FROM guesses)`); n != 0 {
			t.Errorf("%d rows are kept too long", n)
		}
		if n := h.count(`SELECT count(*) FROM persons WHERE status = 'active'`); n != 1 {
			t.Error("a person was erased without being due")
		}
	})
}

// Every column that can hold something of a person is declared.
func TestEveryFieldIsDeclared(t *testing.T) {
	migration, err := fs.ReadFile(migrations.FS, "0020_accounts.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range ownFields() {
		body := regexp.MustCompile(`(?s)CREATE TABLE ` + f.Table + ` \((.*?)\n\);`).FindStringSubmatch(string(migration))
		if f.Table != "mail_outbox" && (body == nil || !regexp.MustCompile(`(?m)^    `+f.Column+` `).MatchString(body[1])) {
			t.Errorf("%s.%s is declared and does not exist", f.Table, f.Column)
		}
	}
	for _, must := range []string{"name", "email", "email_folded", "device", "about", "label", "subject", "hash", "secret"} {
		for _, m := range regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\);`).FindAllStringSubmatch(string(migration), -1) {
			if regexp.MustCompile(`(?m)^    `+must+` `).MatchString(m[2]) && !declared(m[1], must) {
				t.Errorf("%s.%s is not declared", m[1], must)
			}
		}
	}
}

func declared(table, column string) bool {
	for _, f := range ownFields() {
		if f.Table == table && f.Column == column {
			return true
		}
	}
	return false
}

package forums

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// exhibition is a region with a forum, whose organization has two projects, one of
// them over.
type exhibition struct {
	*region
	forum   Forum
	letters []HelpLetter
	own     NewStand
}

const (
	running ref.ID = 70
	over    ref.ID = 71
)

func exhibiting(t *testing.T, test func(t *testing.T, x *exhibition)) {
	inRegion(t, func(t *testing.T, w *region) {
		x := &exhibition{region: w, own: NewStand{OrgID: w.body, ProjectID: running, StandAsk: StandAsk{About: i18n.Only(i18n.KK, "Жоба")}}}
		w.Exhibits = func(_ context.Context, _ *db.Tx, ids []ref.ID) (out []Exhibit, err error) {
			for _, id := range ids {
				if id == running || id == over {
					out = append(out, Exhibit{Ref: ref.Ref{Kind: "project", ID: id, Title: i18n.Only(i18n.KK, "Жоба"), Path: "/projects/" + id.String()}, OrgID: w.body, Ended: id == over})
				}
			}
			return out, nil
		}
		w.ExhibitsOf = func(ctx context.Context, tx *db.Tx, _ ref.ID) ([]Exhibit, error) {
			return w.Exhibits(ctx, tx, []ref.ID{running, over})
		}
		var mu sync.Mutex
		w.Inform = func(_ context.Context, _ *db.Tx, l HelpLetter) error {
			mu.Lock()
			defer mu.Unlock()
			x.letters = append(x.letters, l)
			return nil
		}
		o, err := orgsByID(t, w, w.body)
		w.must(err)
		o.Draft.Mail = "office@body.kz"
		_, err = w.register.Edit(t.Context(), w.officer, o.ID, o.Version, o.Draft)
		w.must(err)
		f, err := w.Create(t.Context(), w.lead, NewForum{Plan: w.plan()})
		w.must(err)
		x.forum, err = w.Announce(t.Context(), w.lead, f.ID)
		w.must(err)
		test(t, x)
	})
}

func orgsByID(t *testing.T, w *region, id ref.ID) (o orgs.Organization, err error) {
	err = w.d.View(t.Context(), func(tx *db.Tx) error {
		list, err := orgs.ByIDs(t.Context(), tx, []ref.ID{id})
		o = list[id]
		return err
	})
	return o, err
}

// A stand is asked for by the organization's own people, once for each project, and
// gets a number that no other stand has.
func TestStandsAreAskedAndPlaced(t *testing.T) {
	exhibiting(t, func(t *testing.T, x *exhibition) {
		ctx := t.Context()
		_, err := x.AskStand(ctx, x.stranger, x.forum.ID, x.own)
		x.refused(err, problem.Forbidden)
		stolen := x.own
		stolen.ProjectID = 5
		_, err = x.AskStand(ctx, x.lead, x.forum.ID, stolen)
		x.refused(err, problem.Invalid)
		a, err := x.AskStand(ctx, x.lead, x.forum.ID, x.own)
		x.must(err)
		_, err = x.AskStand(ctx, x.lead, x.forum.ID, x.own)
		x.refused(err, problem.Conflict)
		itself := x.own
		itself.ProjectID = 0
		b, err := x.AskStand(ctx, x.lead, x.forum.ID, itself)
		x.must(err)

		seen, err := x.Stands(ctx, access.Actor{}, x.forum.ID)
		x.must(err)
		if len(seen.List) != 0 {
			t.Errorf("strangers see what is asked: %v", seen.List)
		}
		_, err = x.AdmitStand(ctx, x.stranger, a.ID, 1, i18n.Text{})
		x.refused(err, problem.Forbidden)
		_, err = x.AdmitStand(ctx, x.lead, a.ID, 1, i18n.Only(i18n.KK, "фойе"))
		x.must(err)
		_, err = x.AdmitStand(ctx, x.lead, b.ID, 1, i18n.Text{})
		x.refused(err, problem.Invalid)
		_, err = x.DeclineStand(ctx, x.lead, b.ID, i18n.Text{})
		x.refused(err, problem.Invalid)
		_, err = x.DeclineStand(ctx, x.lead, b.ID, i18n.Only(i18n.KK, "Орын жоқ"))
		x.must(err)
		if len(x.letters) != 2 || x.letters[0].To.Email != "office@body.kz" || x.letters[0].Stand.Number != 1 || x.letters[1].Stand.Reason.KK != "Орын жоқ" {
			t.Errorf("the organization is told %+v", x.letters)
		}
		seen, err = x.Stands(ctx, access.Actor{}, x.forum.ID)
		x.must(err)
		if len(seen.List) != 1 || seen.List[0].Project.ID != running || seen.FreeNumber() != 2 {
			t.Errorf("strangers see %+v", seen.List)
		}
		_, err = x.WithdrawStand(ctx, x.lead, a.ID)
		x.must(err)
		_, err = x.WithdrawStand(ctx, x.lead, a.ID)
		x.refused(err, problem.Conflict)
		x.clock.Advance(400 * 24 * time.Hour)
		_, err = x.AskStand(ctx, x.lead, x.forum.ID, x.own)
		x.refused(err, problem.Conflict)
	})
}

// Two stands that want one number at once never both get it.
func TestOneNumberForOneStand(t *testing.T) {
	exhibiting(t, func(t *testing.T, x *exhibition) {
		itself := x.own
		itself.ProjectID = 0
		var ids []ref.ID
		for _, n := range []NewStand{x.own, itself} {
			s, err := x.AskStand(t.Context(), x.lead, x.forum.ID, n)
			x.must(err)
			ids = append(ids, s.ID)
		}
		var wait sync.WaitGroup
		errs := make([]error, len(ids))
		for i, id := range ids {
			wait.Go(func() { _, errs[i] = x.AdmitStand(context.WithoutCancel(t.Context()), x.lead, id, 7, i18n.Text{}) })
		}
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !problem.Is(failed(errs), problem.Invalid) {
			t.Errorf("both were answered %v", errs)
		}
	})
}

func failed(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (x *exhibition) offer(email string) NewOffer {
	return NewOffer{ProjectID: running, Kind: "money", Consent: true, Helper: Helper{Name: "Көмекші Адам", Email: email, Lang: i18n.RU, Message: "Құпия сөз"}}
}

// An offer of help reaches the organization, is answered once, and is in no entry of
// the journal.
func TestHelpIsOfferedAndAnswered(t *testing.T) {
	exhibiting(t, func(t *testing.T, x *exhibition) {
		ctx := t.Context()
		n := x.offer("h@x.kz")
		n.Consent = false
		x.refused(x.OfferHelp(ctx, access.Actor{}, n), problem.Invalid)
		n = x.offer("h@x.kz")
		n.ProjectID = over
		x.refused(x.OfferHelp(ctx, access.Actor{}, n), problem.Conflict)
		x.must(x.OfferHelp(ctx, access.Actor{}, x.offer("h@x.kz")))
		if len(x.letters) != 2 || x.letters[0].News != HelpSent || x.letters[0].To.Lang != i18n.RU || x.letters[1].News != HelpOffered || x.letters[1].To.Email != "office@body.kz" {
			t.Fatalf("letters %+v", x.letters)
		}
		waiting, err := x.Waiting(ctx, x.lead)
		x.must(err)
		list, err := x.HelpOffers(ctx, x.lead)
		x.must(err)
		if len(waiting) != 1 || waiting[0].Act != "forums.offer" || len(list) != 1 || list[0].What.ID != running {
			t.Fatalf("on the desk %v, in the list %v", waiting, list)
		}
		none, err := x.HelpOffers(ctx, x.stranger)
		x.must(err)
		if len(none) != 0 {
			t.Error("a stranger reads offers")
		}
		id := list[0].HelpOffer.ID
		x.refused(x.AnswerOffer(ctx, x.stranger, id, 0, true, "рақмет"), problem.NotFound)
		x.refused(x.AnswerOffer(ctx, x.lead, id, 0, true, " "), problem.Invalid)
		x.must(x.AnswerOffer(ctx, x.lead, id, 1, true, "Рақмет!"))
		x.refused(x.AnswerOffer(ctx, x.lead, id, 0, false, "Жоқ"), problem.Conflict)
		if last := x.letters[len(x.letters)-1]; last.News != HelpAnswered || last.To.Email != "h@x.kz" || last.Offer.Answer != "Рақмет!" {
			t.Errorf("the answer goes out as %+v", last)
		}
		x.must(x.d.View(ctx, func(tx *db.Tx) error {
			all, err := db.All(ctx, tx, db.Value[string], `SELECT CAST(body AS TEXT) FROM journal_bodies`)
			for _, body := range all {
				if strings.Contains(body, "Көмекші") || strings.Contains(body, "h@x.kz") || strings.Contains(body, "Құпия") || strings.Contains(body, "Рақмет") {
					t.Errorf("the journal has %s", body)
				}
			}
			return err
		}))
	})
}

// So often a day, and no more.
func TestOffersAreBounded(t *testing.T) {
	exhibiting(t, func(t *testing.T, x *exhibition) {
		ctx := t.Context()
		for range mostFromOne {
			x.must(x.OfferHelp(ctx, access.Actor{}, x.offer("One@x.kz")))
		}
		x.refused(x.OfferHelp(ctx, access.Actor{}, x.offer("one@X.kz")), problem.Conflict)
		for i := range mostForOrg - mostFromOne {
			x.must(x.OfferHelp(ctx, access.Actor{}, x.offer(fmt.Sprintf("p%d@x.kz", i))))
		}
		x.refused(x.OfferHelp(ctx, access.Actor{}, x.offer("more@x.kz")), problem.Conflict)
		x.clock.Advance(25 * time.Hour)
		x.must(x.OfferHelp(ctx, access.Actor{}, x.offer("one@x.kz")))
	})
}

// Who offered help is forgotten as soon as they ask, and when their time is over;
// that help was offered stays, and the rows agree with the journal.
func TestHelpersAreForgotten(t *testing.T) {
	exhibiting(t, func(t *testing.T, x *exhibition) {
		ctx := t.Context()
		for _, email := range []string{"now@x.kz", "answered@x.kz", "late@x.kz"} {
			x.must(x.OfferHelp(ctx, access.Actor{}, x.offer(email)))
		}
		x.must(x.TakeBackOffer(ctx, access.Actor{}, x.letters[0].Token))
		x.refused(x.TakeBackOffer(ctx, access.Actor{}, x.letters[0].Token), problem.NotFound)
		list, err := x.HelpOffers(ctx, x.lead)
		x.must(err)
		if len(list) != 2 {
			t.Fatalf("%d offers are left", len(list))
		}
		x.must(x.AnswerOffer(ctx, x.lead, list[1].HelpOffer.ID, 0, false, "Рақмет, жоқ"))
		expired := func(after time.Duration) (names []string) {
			x.clock.Advance(after)
			x.must(x.d.Update(ctx, func(tx *db.Tx) error { return x.expire(ctx, tx) }))
			list, err := x.HelpOffers(ctx, x.lead)
			x.must(err)
			for _, o := range list {
				names = append(names, o.Name+o.Email+o.Message+o.Answer)
			}
			return names
		}
		if names := expired(91 * 24 * time.Hour); names[0] == "" || names[1] != "" {
			t.Errorf("after three months: %q", names)
		}
		if names := expired(366 * 24 * time.Hour); names[0] != "" {
			t.Errorf("after a year: %q", names)
		}
		x.proven()
	})
}

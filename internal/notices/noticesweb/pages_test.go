package noticesweb_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"birge/internal/accounts"
	"birge/internal/birgetest"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/mail"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

const secret = "үш боз ат көктемде"

// enter opens a browser in which a new person is signed in.
func enter(t *testing.T, w *birgetest.World, name string, roles ...access.Role) *birgetest.Reader {
	t.Helper()
	p, err := w.Accounts.Enrol(t.Context(), access.Portal("test"), accounts.NewPerson{Name: name, Email: name + "@example.kz", Lang: i18n.RU, Password: secret, Proved: true})
	must(t, err)
	for _, role := range roles {
		_, err := w.Accounts.GiveRole(t.Context(), access.Portal("test"), p.ID, role, ref.Ref{})
		must(t, err)
	}
	b := w.Stranger()
	b.Sends("/ru/sign-in", http.StatusSeeOther, "email", name+"@example.kz", "password", secret)
	return b
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sealed tells that no entry waits for the sealer.
func sealed(t *testing.T, w *birgetest.World) bool {
	t.Helper()
	var n int64
	must(t, w.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One(t.Context(), tx, db.Value[int64], `SELECT count(*) FROM journal_unsealed`)
		return err
	}))
	return n == 0
}

func linkIn(t *testing.T, text string) string {
	t.Helper()
	found := regexp.MustCompile(`http://[^/\s]*(/\S+)`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no link in %s", text)
	}
	return found[1]
}

func region(t *testing.T, w *birgetest.World) string {
	t.Helper()
	return w.Places.Tree().Regions()[0].Code()
}

func TestFollowByMail(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		place, b := "/places/"+region(t, w), w.Stranger()
		w.Says(b.Reads("/kk"+place, http.StatusOK), "/kk/follow?to=")
		w.Says(b.Reads("/kk/follow?to="+url.QueryEscape(place), http.StatusOK), `name="email"`, "noindex")
		body, _ := b.Sends("/kk/follow/mail", http.StatusUnprocessableEntity, "to", place, "email", "nobody", "rhythm", "daily")
		w.Says(body, `value="nobody"`, "aria-invalid")
		b.Sends("/kk/follow/mail", http.StatusOK, "to", place, "email", "reader@example.kz", "rhythm", "weekly")
		path := linkIn(t, w.Letters(1)[0].Text)
		b.Reads(path, http.StatusOK)
		b.Reads(path, http.StatusOK) // opening it changes nothing
		_, to := b.Sends(path, http.StatusSeeOther)
		if !strings.HasPrefix(to, "/kk"+place) {
			t.Errorf("a confirmed follow leads to %s", to)
		}
		b.Reads(path, http.StatusNotFound)
		for _, nowhere := range []string{"/", "/desk", "/people", "//evil.example", "/projects/0000000000000", "/obligations?state=nothing", "/figures", "/organizations/0000000000000"} {
			b.Reads("/kk/follow?to="+url.QueryEscape(nowhere), http.StatusNotFound)
			b.Sends("/kk/follow/mail", http.StatusNotFound, "to", nowhere, "email", "reader@example.kz", "rhythm", "weekly")
		}
	})
}

func TestFollowOnTheDesk(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		me, other := enter(t, w, "aida"), enter(t, w, "bolat")
		place, list := "/places/"+region(t, w), "/projects?kind=state_grant&place="+region(t, w)+"&sort=sum&page=2"
		for _, to := range []string{place, list} {
			_, at := me.Sends("/ru/follow", http.StatusSeeOther, "to", to)
			me.Reads(at, http.StatusOK)
		}
		body := me.Reads("/ru/desk/notices", http.StatusOK)
		w.Says(body, `href="/ru`+place+`"`, "place="+region(t, w), "Список – Проекты: ", `value="daily" checked`)
		if strings.Contains(body, "sort=sum") || strings.Contains(body, "page=2") {
			t.Error("order and page are no part of a list that is followed")
		}
		ends := regexp.MustCompile(`/ru/desk/follows/\w+/end`).FindAllString(body, -1)
		if len(ends) != 2 {
			t.Fatalf("%d follows", len(ends))
		}
		other.Sends(ends[0], http.StatusNotFound)
		if strings.Contains(other.Reads("/ru/desk/notices", http.StatusOK), place) {
			t.Error("another sees what I follow")
		}
		w.Says(me.Reads("/ru/follow?to="+url.QueryEscape(place), http.StatusOK), "/desk/follows/")
		me.Sends("/ru/desk/notices/rhythm", http.StatusSeeOther, "rhythm", "weekly")
		w.Says(me.Reads("/ru/desk/notices", http.StatusOK), `value="weekly" checked`)
		me.Sends("/ru/desk/notices/rhythm", http.StatusUnprocessableEntity, "rhythm", "hourly")
		me.Sends(ends[0], http.StatusSeeOther)
		me.Sends(ends[0], http.StatusNotFound)
		me.Sends("/ru/desk/notices/read", http.StatusSeeOther)
	})
}

func TestPersonalFeed(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		me, stranger := enter(t, w, "aida"), w.Stranger()
		at, _ := w.Places.Tree().ByCode(region(t, w))
		me.Sends("/ru/follow", http.StatusSeeOther, "to", "/places/"+at.Code())
		body, _ := me.Sends("/ru/desk/notices/feed", http.StatusOK)
		path := regexp.MustCompile(`/feeds/[\w-]+`).FindString(body)
		if strings.Contains(me.Reads("/ru/desk/notices", http.StatusOK), path) {
			t.Error("the secret address is shown again")
		}
		_, err := w.Orgs.Create(t.Context(), access.Portal("test"), orgs.Draft{Kind: "ngo", Name: i18n.Text{KK: "Жасыл дала"}, PlaceID: at.ID})
		must(t, err)
		w.Await(func() bool { return strings.Contains(stranger.Reads(path, http.StatusOK), "Жасыл дала") })
		stranger.Reads("/feeds/nothing", http.StatusNotFound)
		me.Sends("/ru/desk/notices/feed/end", http.StatusSeeOther)
		stranger.Reads(path, http.StatusNotFound)
	})
}

func TestDigestByTheWorkers(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		me := enter(t, w, "aida")
		at, _ := w.Places.Tree().ByCode(region(t, w))
		me.Sends("/ru/follow", http.StatusSeeOther, "to", "/places/"+at.Code())
		_, err := w.Orgs.Create(t.Context(), access.Portal("test"), orgs.Draft{Kind: "ngo", Name: i18n.Text{KK: "Жасыл дала"}, PlaceID: at.ID})
		must(t, err)
		w.Await(func() bool { return sealed(t, w) })
		must(t, w.Notices.StartDigests(t.Context()))
		w.Await(func() bool {
			list := w.Letters(1)
			return len(list) == 1 && strings.Contains(list[0].Text, "Жасыл дала")
		})
		l := w.Letters(1)[0]
		w.Says(me.Reads("/ru/desk/notices", http.StatusOK), "Жасыл дала", "новое")
		me.Sends("/ru/desk/notices/read", http.StatusSeeOther)
		stop := "/ru/unsubscribe/" + regexp.MustCompile(`/unsubscribe/([\w-]+)`).FindStringSubmatch(l.Text)[1]
		mailer := w.Stranger()
		mailer.Reads(stop, http.StatusOK)
		mailer.Sends(stop, http.StatusOK, "List-Unsubscribe", "One-Click")
		w.Says(me.Reads("/ru/desk/notices", http.StatusOK), `value="never" checked`)
	})
}

// Every list is followed with its filters: what is in it comes by letter and by
// the personal feed, what is not does not.
func TestFollowedLists(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		me, stranger := enter(t, w, "aida"), w.Stranger()
		regions := w.Places.Tree().Regions()
		here, there := regions[0], regions[1]
		for _, to := range []string{"/organizations?kind=ngo&place=" + here.Code() + "&sort=new&page=3", "/obligations?ground=law&place=" + there.Code() + "&page=2", "/obligations"} {
			if to != "/obligations" {
				me.Sends("/ru/follow", http.StatusSeeOther, "to", to)
			}
			path, _, _ := strings.Cut(to, "?")
			w.Says(me.Reads("/ru"+path, http.StatusOK), "/ru/follow?to=")
		}
		body := me.Reads("/ru/desk/notices", http.StatusOK)
		w.Says(body, "Список – Организации: ", "Список – Обязательства: ")
		if strings.Contains(body, "page=") || strings.Contains(body, "sort=") {
			t.Error("order and page are no part of a list that is followed")
		}
		enterOrg := func(kind, name string, at ref.ID) orgs.Organization {
			o, err := w.Orgs.Create(t.Context(), access.Portal("test"), orgs.Draft{Kind: kind, Name: i18n.Text{KK: name}, PlaceID: at})
			must(t, err)
			return o
		}
		enterOrg("ngo", "Жасыл дала", here.ID)
		enterOrg("business", "Қызыл қайың", here.ID)
		owes, silent := enterOrg("ngo", "Ақ бұлақ", there.ID), enterOrg("business", "Көк төбе", there.ID)
		must(t, w.DB.Update(t.Context(), func(tx *db.Tx) error {
			for i, o := range []orgs.Organization{owes, silent} {
				n := obligations.Debt{Kind: "test.law", What: i18n.Text{RU: "Сведения"}, Ground: []obligations.Ground{obligations.Law, obligations.Promise}[i],
					Thing: o.Ref(), Owner: o.Ref(), PlaceID: there.ID, Due: w.Projects.Today().AddDays(9)}
				if _, err := w.Obligations.Owe(t.Context(), tx, access.Portal("test"), n); err != nil {
					return err
				}
			}
			return nil
		}))
		w.Await(func() bool { return sealed(t, w) && w.Search.Search(orgs.Kind, search.Query{}).Total == 4 })
		feed, _ := me.Sends("/ru/desk/notices/feed", http.StatusOK)
		news := stranger.Reads(regexp.MustCompile(`/feeds/[\w-]+`).FindString(feed), http.StatusOK)
		must(t, w.Notices.StartDigests(t.Context()))
		w.Await(func() bool { return len(w.Letters(1)) == 1 })
		for where, text := range map[string]string{"letter": w.Letters(1)[0].Text, "feed": news} {
			for name, told := range map[string]bool{"Жасыл дала": true, "Қызыл қайың": false, "Ақ бұлақ": true, "Көк төбе": false} {
				if strings.Contains(text, name) != told {
					t.Errorf("the %s tells of %s: %v, want %v: %s", where, name, !told, told, text)
				}
			}
		}
	})
}

func TestOutbox(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		admin, other := enter(t, w, "admin", access.Admin), enter(t, w, "aida")
		place := "/places/" + region(t, w)
		other.Sends("/ru/follow/mail", http.StatusOK, "to", place, "email", "aida@example.kz", "rhythm", "daily")
		l := w.Letters(1)[0]
		w.Await(func() bool { return w.Letters(1)[0].State == mail.Kept })
		w.Says(admin.Reads("/ru/desk/outbox", http.StatusOK), "aida@example.kz", l.ID.String(), "BIRGE_SMTP")
		w.Says(admin.Reads("/ru/desk/outbox/"+l.ID.String(), http.StatusOK), linkIn(t, l.Text))
		if strings.Contains(admin.Reads("/ru/desk/outbox?state=sent", http.StatusOK), "aida@example.kz") {
			t.Error("a letter that was not sent is listed as sent")
		}
		for _, path := range []string{"/ru/desk/outbox", "/ru/desk/outbox/" + l.ID.String()} {
			other.Reads(path, http.StatusForbidden)
		}
		other.Sends("/ru/desk/outbox/"+l.ID.String()+"/resend", http.StatusForbidden)
		admin.Sends("/ru/desk/outbox/"+l.ID.String()+"/resend", http.StatusSeeOther)
		admin.Reads("/ru/desk/outbox/0000000000000", http.StatusNotFound)
		must(t, w.Accounts.Flush(t.Context()))
		var looks int64
		must(t, w.DB.View(t.Context(), func(tx *db.Tx) (err error) {
			looks, err = db.One(t.Context(), tx, db.Value[int64], `SELECT count(*) FROM looks WHERE what = 'outbox'`)
			return err
		}))
		if looks < 2 {
			t.Errorf("%d looks are noted", looks)
		}
	})
}

func TestSentLettersAreClosed(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		admin := enter(t, w, "admin", access.Admin)
		admin.Sends("/ru/follow/mail", http.StatusOK, "to", "/places/"+region(t, w), "email", "reader@example.kz", "rhythm", "daily")
		w.Await(func() bool { return w.Letters(1)[0].State == mail.Kept })
		l := w.Letters(1)[0]
		must(t, w.DB.Update(t.Context(), func(tx *db.Tx) error {
			return tx.ExecOne(t.Context(), `UPDATE mail_outbox SET state = 'sent' WHERE id = $1`, l.ID)
		}))
		if strings.Contains(admin.Reads("/ru/desk/outbox/"+l.ID.String(), http.StatusOK), linkIn(t, l.Text)) {
			t.Error("a letter that went out is read by who runs the portal")
		}
		admin.Sends("/ru/desk/outbox/"+l.ID.String()+"/resend", http.StatusConflict)
	})
}

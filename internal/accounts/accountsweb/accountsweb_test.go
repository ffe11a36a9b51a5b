package accountsweb_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"birge/internal/accounts"
	"birge/internal/birgetest"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"

	"github.com/pquerna/otp/totp"
)

const secret = "үш боз ат көктемде"

// firefox tells the portal by which browser it reads.
func firefox(w *birgetest.World) *birgetest.Reader {
	return w.Stranger().With("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
}

func signIn(t *testing.T, b *birgetest.Reader, name string) {
	t.Helper()
	if _, to := b.Sends("/ru/sign-in", http.StatusSeeOther, "email", name+"@example.kz", "password", secret, "to", "/ru/account"); to != "/ru/account" {
		t.Fatalf("signing in leads to %s", to)
	}
}

func person(t *testing.T, w *birgetest.World, name string, grants ...access.Grant) accounts.Person {
	t.Helper()
	by := access.Portal("test")
	p, err := w.Accounts.Enrol(t.Context(), by, accounts.NewPerson{Name: name, Email: name + "@example.kz", Lang: i18n.RU, Password: secret, Proved: true})
	must(t, err)
	for _, g := range grants {
		scope := ref.Ref{}
		if g.Scope != 0 {
			scope = ref.Ref{Kind: "organization", ID: g.Scope, Title: i18n.Text{RU: "Фонд «Шапағат»"}, Path: "/organizations/" + g.Scope.String()}
		}
		_, err := w.Accounts.GiveRole(t.Context(), by, p.ID, g.Role, scope)
		must(t, err)
	}
	return p
}

// link is the path of the newest letter's link.
func link(t *testing.T, w *birgetest.World) string {
	t.Helper()
	out := w.Letters(1)
	if len(out) == 0 {
		t.Fatal("the outbox is empty")
	}
	path := regexp.MustCompile(`http://[^/\s]*(/\S+)`).FindStringSubmatch(out[0].Text)
	if path == nil || strings.Contains(out[0].Subject+out[0].Text, "⟦") {
		t.Fatalf("letter without a link or a word: %s\n%s", out[0].Subject, out[0].Text)
	}
	return path[1]
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSignInAndOut(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "asel")
		b := firefox(w)
		if to := b.Get("/ru/account").Header.Get("Location"); to != "/ru/sign-in?to=%2Fru%2Faccount" {
			t.Errorf("a stranger is sent to %s", to)
		}
		w.Says(b.Reads("/ru/sign-in?to=/ru/account", 200), `name="to" value="/ru/account"`, "Вход на портал")
		wrong, _ := b.Sends("/ru/sign-in", http.StatusForbidden, "email", "asel@example.kz", "password", "wrong password")
		unknown, _ := b.Sends("/ru/sign-in", http.StatusForbidden, "email", "nobody@example.kz", "password", "wrong password")
		if strings.ReplaceAll(unknown, "nobody", "asel") != wrong {
			t.Error("an unknown address gets another page than a wrong password")
		}
		w.Says(wrong, `value="asel@example.kz"`, "не подошли")
		signIn(t, b, "asel")
		w.Says(b.Reads("/ru/account", 200), "asel", "Firefox, Linux", "Это устройство")
		_, to := b.Sends("/ru/sign-out", http.StatusSeeOther)
		if !strings.HasPrefix(to, "/ru/?notice=") {
			t.Errorf("signing out leads to %s", to)
		}
		b.Reads("/ru/account", http.StatusSeeOther)
	})
}

func TestNobodyIsLedOutside(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "asel")
		for _, to := range []string{"https://evil.example/x", "//evil.example/x", "/\\evil.example/x", "/ru//evil.example", "evil", ""} {
			_, led := firefox(w).Sends("/kk/sign-in", http.StatusSeeOther, "email", "asel@example.kz", "password", secret, "to", to)
			if led != "/kk/desk" {
				t.Errorf("%q leads to %s", to, led)
			}
		}
	})
}

func TestCookieIsGuarded(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "asel")
		in := firefox(w).Post("/ru/sign-in", url.Values{"email": {"asel@example.kz"}, "password": {secret}})
		w.Says(in.Header.Get("Set-Cookie"), "birge=", "HttpOnly", "SameSite=Lax", "Path=/")
		if foreign := firefox(w).With("Sec-Fetch-Site", "cross-site").Post("/ru/sign-in", url.Values{"email": {"a"}}); foreign.Status != http.StatusForbidden {
			t.Errorf("another site's form is answered %d", foreign.Status)
		}
	})
}

func TestLinkSignsInByPostOnly(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "asel")
		b := firefox(w)
		known, _ := b.Sends("/ru/sign-in/link", 200, "email", "asel@example.kz")
		at := link(t, w)
		unknown, _ := b.Sends("/ru/sign-in/link", 200, "email", "nobody@example.kz")
		if strings.ReplaceAll(unknown, "nobody", "asel") != known {
			t.Error("asking for a link tells who has an account")
		}
		b.Reads(at, 200)
		b.Reads(at, 200)
		b.Reads("/ru/account", http.StatusSeeOther)
		b.Sends(at, http.StatusSeeOther)
		b.Reads("/ru/account", 200)
		firefox(w).Sends(at, http.StatusNotFound)
	})
}

func TestJoin(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		b := firefox(w)
		b.Reads("/kk/join", 200)
		b.Sends("/kk/sign-in/link", 200, "email", "new@example.kz")
		at := link(t, w)
		w.Says(b.Reads(at, 200), "new@example.kz")
		again, _ := b.Sends(at, http.StatusUnprocessableEntity, "name", "Дәмелі", "password", "qwerty12345", "consent_data", "yes")
		w.Says(again, `value="Дәмелі"`, "checked")
		b.Sends(at, http.StatusSeeOther, "name", "Дәмелі", "password", secret, "consent_data", "yes")
		w.Says(b.Reads("/kk/account", 200), "Дәмелі", "new@example.kz")
		b.Reads(at, http.StatusNotFound)
	})
}

func TestSecondFactorOnThePages(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "asel")
		b := firefox(w)
		signIn(t, b, "asel")
		b.Sends("/ru/account/code/start", http.StatusUnprocessableEntity, "password", "wrong password")
		page, _ := b.Sends("/ru/account/code/start", 200, "password", secret)
		key := regexp.MustCompile(`name="secret" value="(\w+)"`).FindStringSubmatch(page)
		if key == nil {
			t.Fatalf("no key on the page: %s", page)
		}
		code, err := totp.GenerateCode(key[1], w.Clock.Now())
		must(t, err)
		b.Sends("/ru/account/code", http.StatusUnprocessableEntity, "code", "000000", "secret", key[1], "url", "otpauth://x")
		done, _ := b.Sends("/ru/account/code", 200, "code", code)
		w.Says(done, "Коды восстановления")
		w.Clock.Advance(time.Minute)
		phone := firefox(w)
		_, to := phone.Sends("/ru/sign-in", http.StatusSeeOther, "email", "asel@example.kz", "password", secret, "to", "/ru/account")
		if to != "/ru/sign-in/code?to=%2Fru%2Faccount" {
			t.Fatalf("the password leads to %s", to)
		}
		phone.Reads("/ru/account", http.StatusSeeOther)
		phone.Reads("/ru/sign-in/code?to=/ru/account", 200)
		code, err = totp.GenerateCode(key[1], w.Clock.Now())
		must(t, err)
		phone.Sends("/ru/sign-in/code", http.StatusSeeOther, "code", code, "to", "/ru/account")
		phone.Reads("/ru/account", 200)
	})
}

func TestMyDataAndMyErasure(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "asel")
		b := firefox(w)
		signIn(t, b, "asel")
		var all map[string]any
		must(t, json.Unmarshal([]byte(b.Reads("/ru/account/copy", 200)), &all))
		if all["person"] == nil || all["sessions"] == nil {
			t.Errorf("the copy is %v", all)
		}
		b.Sends("/ru/account", http.StatusSeeOther, "name", "Асель", "lang", "kk")
		b.Sends("/ru/account/consents", http.StatusSeeOther, "kind", "letters")
		b.Sends("/ru/account/sessions/end", http.StatusSeeOther)
		b.Sends("/ru/account/password", http.StatusUnprocessableEntity, "old", secret, "password", "short")
		b.Reads("/ru/account/erase", 200)
		b.Sends("/ru/account/erase", http.StatusUnprocessableEntity, "password", "wrong password")
		b.Sends("/ru/account/erase", http.StatusSeeOther, "password", secret)
		b.Sends("/ru/sign-in", http.StatusForbidden, "email", "asel@example.kz", "password", secret)
	})
}

func TestInvitationOnThePages(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "lead", access.Grant{Role: access.Lead, Scope: 77})
		b := firefox(w)
		signIn(t, b, "lead")
		w.Says(b.Reads("/ru/account/invitations", 200), "Шапағат", "staff:")
		b.Sends("/ru/account/invitations", http.StatusUnprocessableEntity, "email", "new@example.kz", "offer", "admin:0000000000000")
		b.Sends("/ru/account/invitations", http.StatusSeeOther, "email", "new@example.kz", "offer", "staff:"+ref.ID(77).String())
		at := link(t, w)
		fresh := firefox(w)
		w.Says(fresh.Reads(at, 200), "Шапағат", "new@example.kz")
		fresh.Sends(at, http.StatusSeeOther, "name", "Новый", "password", secret, "consent_data", "yes")
		w.Says(fresh.Reads("/ru/account", 200), "Сотрудник организации")
		w.Says(b.Reads("/ru/account/invitations", 200), "принято")
		firefox(w).Reads(at, http.StatusNotFound)
	})
}

func TestPeopleAreForAdministrators(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "admin", access.Grant{Role: access.Admin})
		asel := person(t, w, "asel")
		b := firefox(w)
		signIn(t, b, "asel")
		b.Reads("/ru/people", http.StatusForbidden)
		b.Reads("/ru/people/"+asel.ID.String(), http.StatusForbidden)
		admin := firefox(w)
		signIn(t, admin, "admin")
		admin.Reads("/ru/people", 200)
		admin.Reads("/ru/people?email=nobody@example.kz", http.StatusUnprocessableEntity)
		admin.Reads("/ru/people?email=asel@example.kz", http.StatusSeeOther)
		w.Says(admin.Reads("/ru/people/"+asel.ID.String(), 200), "asel@example.kz")
		refused, _ := admin.Sends("/ru/people/"+asel.ID.String()+"/roles", http.StatusForbidden, "role", "officer")
		w.Says(refused, "подтвердите вход кодом")
		if n := looks(t, w); n == 0 {
			t.Error("looking at a person is not written down")
		}
	})
}

func looks(t *testing.T, w *birgetest.World) (n int64) {
	t.Helper()
	must(t, w.Accounts.Flush(context.WithoutCancel(t.Context())))
	must(t, w.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One(t.Context(), tx, db.Value[int64], `SELECT count(*) FROM looks`)
		return err
	}))
	return n
}

func TestHelpDesk(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		p := person(t, w, "officer", access.Grant{Role: access.Officer})
		b := firefox(w)
		signIn(t, b, "officer")
		b.Reads("/ru/visits", 200)
		b.Sends("/ru/visits", http.StatusForbidden, "name", "Дәмелі", "about", "Отчёт")
		by := access.Actor{UserID: p.ID, Confirmed: true, Grants: []access.Grant{{Role: access.Officer}}}
		_, code, err := w.Accounts.Receive(t.Context(), by, accounts.NewPerson{Name: "Дәмелі", Lang: i18n.KK}, "Отчёт за год")
		must(t, err)
		stranger := firefox(w)
		stranger.Reads("/ru/slip", 200)
		wrong, _ := stranger.Sends("/ru/slip", http.StatusUnprocessableEntity, "code", "0000")
		w.Says(wrong, "больше не действует")
		shown, _ := stranger.Sends("/ru/slip", 200, "code", accounts.Grouped(code))
		w.Says(shown, "Отчёт за год")
		stranger.Sends("/ru/slip/undo", http.StatusSeeOther, "code", code)
		stranger.Sends("/ru/slip/undo", http.StatusUnprocessableEntity, "code", code)
	})
}

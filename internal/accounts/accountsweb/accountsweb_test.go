package accountsweb_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
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
	"birge/internal/platform/mail"
	"birge/internal/platform/ref"

	"github.com/pquerna/otp/totp"
)

const secret = "үш боз ат көктемде"

// browser keeps cookies and follows nothing.
type browser struct {
	t      *testing.T
	w      *birgetest.World
	client *http.Client
}

func open(t *testing.T, w *birgetest.World) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	return &browser{t, w, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// get reads a page and expects a status.
func (b *browser) get(path string, status int) string {
	b.t.Helper()
	body, _ := b.do(http.MethodGet, path, nil, status)
	return body
}

// post sends pairs of field and value, expects a status and gives the answer and
// where it leads.
func (b *browser) post(path string, status int, pairs ...string) (body, to string) {
	b.t.Helper()
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return b.do(http.MethodPost, path, f, status)
}

func (b *browser) do(method, path string, f url.Values, status int) (body, to string) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.w.URL+path, strings.NewReader(f.Encode()))
	must(b.t, err)
	if f != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
	res, err := b.client.Do(req)
	must(b.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	must(b.t, err)
	body = string(raw)
	if res.StatusCode != status {
		b.t.Fatalf("%s %s answers %d, want %d: %s", method, path, res.StatusCode, status, body)
	}
	if missing := regexp.MustCompile(`⟦[^⟧]*⟧`).FindString(body); missing != "" {
		b.t.Errorf("%s %s says %s", method, path, missing)
	}
	return body, res.Header.Get("Location")
}

func (b *browser) signIn(name string) {
	b.t.Helper()
	_, to := b.post("/ru/sign-in", http.StatusSeeOther, "email", name+"@example.kz", "password", secret, "to", "/ru/account")
	if to != "/ru/account" {
		b.t.Fatalf("signing in leads to %s", to)
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
	var out []mail.Outgoing
	must(t, w.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		out, err = mail.Outbox(t.Context(), tx, 0, 1)
		return err
	}))
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

func wants(t *testing.T, body string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(body, p) {
			t.Errorf("the page lacks %q: %s", p, body)
		}
	}
}

func TestSignInAndOut(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "asel")
		b := open(t, w)
		if _, to := b.do(http.MethodGet, "/ru/account", nil, http.StatusSeeOther); to != "/ru/sign-in?to=%2Fru%2Faccount" {
			t.Errorf("a stranger is sent to %s", to)
		}
		wants(t, b.get("/ru/sign-in?to=/ru/account", 200), `name="to" value="/ru/account"`, "Вход на портал")
		wrong, _ := b.post("/ru/sign-in", http.StatusForbidden, "email", "asel@example.kz", "password", "wrong password")
		unknown, _ := b.post("/ru/sign-in", http.StatusForbidden, "email", "nobody@example.kz", "password", "wrong password")
		if strings.ReplaceAll(unknown, "nobody", "asel") != wrong {
			t.Error("an unknown address gets another page than a wrong password")
		}
		wants(t, wrong, `value="asel@example.kz"`, "не подошли")
		b.signIn("asel")
		wants(t, b.get("/ru/account", 200), "asel", "Firefox, Linux", "Это устройство")
		_, to := b.post("/ru/sign-out", http.StatusSeeOther)
		if !strings.HasPrefix(to, "/ru/?notice=") {
			t.Errorf("signing out leads to %s", to)
		}
		b.get("/ru/account", http.StatusSeeOther)
	})
}

func TestNobodyIsLedOutside(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "asel")
		for _, to := range []string{"https://evil.example/x", "//evil.example/x", "/\\evil.example/x", "/ru//evil.example", "evil", ""} {
			_, led := open(t, w).post("/kk/sign-in", http.StatusSeeOther, "email", "asel@example.kz", "password", secret, "to", to)
			if led != "/kk/desk" {
				t.Errorf("%q leads to %s", to, led)
			}
		}
	})
}

func TestCookieIsGuarded(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "asel")
		res, err := open(t, w).client.PostForm(w.URL+"/ru/sign-in", url.Values{"email": {"asel@example.kz"}, "password": {secret}})
		must(t, err)
		res.Body.Close()
		wants(t, res.Header.Get("Set-Cookie"), "birge=", "HttpOnly", "SameSite=Lax", "Path=/")

		req, err := http.NewRequest(http.MethodPost, w.URL+"/ru/sign-in", strings.NewReader("email=a"))
		must(t, err)
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		foreign, err := open(t, w).client.Do(req)
		must(t, err)
		foreign.Body.Close()
		if foreign.StatusCode != http.StatusForbidden {
			t.Errorf("another site's form is answered %d", foreign.StatusCode)
		}
	})
}

func TestLinkSignsInByPostOnly(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "asel")
		b := open(t, w)
		known, _ := b.post("/ru/sign-in/link", 200, "email", "asel@example.kz")
		at := link(t, w)
		unknown, _ := b.post("/ru/sign-in/link", 200, "email", "nobody@example.kz")
		if strings.ReplaceAll(unknown, "nobody", "asel") != known {
			t.Error("asking for a link tells who has an account")
		}
		b.get(at, 200)
		b.get(at, 200)
		b.get("/ru/account", http.StatusSeeOther)
		b.post(at, http.StatusSeeOther)
		b.get("/ru/account", 200)
		open(t, w).post(at, http.StatusNotFound)
	})
}

func TestJoin(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		b := open(t, w)
		b.get("/kk/join", 200)
		b.post("/kk/sign-in/link", 200, "email", "new@example.kz")
		at := link(t, w)
		wants(t, b.get(at, 200), "new@example.kz")
		again, _ := b.post(at, http.StatusUnprocessableEntity, "name", "Дәмелі", "password", "qwerty12345", "consent_data", "yes")
		wants(t, again, `value="Дәмелі"`, "checked")
		b.post(at, http.StatusSeeOther, "name", "Дәмелі", "password", secret, "consent_data", "yes")
		wants(t, b.get("/kk/account", 200), "Дәмелі", "new@example.kz")
		b.get(at, http.StatusNotFound)
	})
}

func TestSecondFactorOnThePages(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "asel")
		b := open(t, w)
		b.signIn("asel")
		b.post("/ru/account/code/start", http.StatusUnprocessableEntity, "password", "wrong password")
		page, _ := b.post("/ru/account/code/start", 200, "password", secret)
		key := regexp.MustCompile(`name="secret" value="(\w+)"`).FindStringSubmatch(page)
		if key == nil {
			t.Fatalf("no key on the page: %s", page)
		}
		code, err := totp.GenerateCode(key[1], w.Clock.Now())
		must(t, err)
		b.post("/ru/account/code", http.StatusUnprocessableEntity, "code", "000000", "secret", key[1], "url", "otpauth://x")
		done, _ := b.post("/ru/account/code", 200, "code", code)
		wants(t, done, "Коды восстановления")
		w.Clock.Advance(time.Minute)
		phone := open(t, w)
		_, to := phone.post("/ru/sign-in", http.StatusSeeOther, "email", "asel@example.kz", "password", secret, "to", "/ru/account")
		if to != "/ru/sign-in/code?to=%2Fru%2Faccount" {
			t.Fatalf("the password leads to %s", to)
		}
		phone.get("/ru/account", http.StatusSeeOther)
		phone.get("/ru/sign-in/code?to=/ru/account", 200)
		code, err = totp.GenerateCode(key[1], w.Clock.Now())
		must(t, err)
		phone.post("/ru/sign-in/code", http.StatusSeeOther, "code", code, "to", "/ru/account")
		phone.get("/ru/account", 200)
	})
}

func TestMyDataAndMyErasure(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "asel")
		b := open(t, w)
		b.signIn("asel")
		var all map[string]any
		must(t, json.Unmarshal([]byte(b.get("/ru/account/copy", 200)), &all))
		if all["person"] == nil || all["sessions"] == nil {
			t.Errorf("the copy is %v", all)
		}
		b.post("/ru/account", http.StatusSeeOther, "name", "Асель", "lang", "kk")
		b.post("/ru/account/consents", http.StatusSeeOther, "kind", "letters")
		b.post("/ru/account/sessions/end", http.StatusSeeOther)
		b.post("/ru/account/password", http.StatusUnprocessableEntity, "old", secret, "password", "short")
		b.get("/ru/account/erase", 200)
		b.post("/ru/account/erase", http.StatusUnprocessableEntity, "password", "wrong password")
		b.post("/ru/account/erase", http.StatusSeeOther, "password", secret)
		b.post("/ru/sign-in", http.StatusForbidden, "email", "asel@example.kz", "password", secret)
	})
}

func TestInvitationOnThePages(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "lead", access.Grant{Role: access.Lead, Scope: 77})
		b := open(t, w)
		b.signIn("lead")
		wants(t, b.get("/ru/account/invitations", 200), "Шапағат", "staff:")
		b.post("/ru/account/invitations", http.StatusUnprocessableEntity, "email", "new@example.kz", "offer", "admin:0000000000000")
		b.post("/ru/account/invitations", http.StatusSeeOther, "email", "new@example.kz", "offer", "staff:"+ref.ID(77).String())
		at := link(t, w)
		fresh := open(t, w)
		wants(t, fresh.get(at, 200), "Шапағат", "new@example.kz")
		fresh.post(at, http.StatusSeeOther, "name", "Новый", "password", secret, "consent_data", "yes")
		wants(t, fresh.get("/ru/account", 200), "Сотрудник организации")
		wants(t, b.get("/ru/account/invitations", 200), "принято")
		open(t, w).get(at, http.StatusNotFound)
	})
}

func TestPeopleAreForAdministrators(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		person(t, w, "admin", access.Grant{Role: access.Admin})
		asel := person(t, w, "asel")
		b := open(t, w)
		b.signIn("asel")
		b.get("/ru/people", http.StatusForbidden)
		b.get("/ru/people/"+asel.ID.String(), http.StatusForbidden)
		admin := open(t, w)
		admin.signIn("admin")
		admin.get("/ru/people", 200)
		admin.get("/ru/people?email=nobody@example.kz", http.StatusUnprocessableEntity)
		admin.get("/ru/people?email=asel@example.kz", http.StatusSeeOther)
		wants(t, admin.get("/ru/people/"+asel.ID.String(), 200), "asel@example.kz")
		refused, _ := admin.post("/ru/people/"+asel.ID.String()+"/roles", http.StatusForbidden, "role", "officer")
		wants(t, refused, "подтвердите вход кодом")
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
		b := open(t, w)
		b.signIn("officer")
		b.get("/ru/visits", 200)
		b.post("/ru/visits", http.StatusForbidden, "name", "Дәмелі", "about", "Отчёт")
		by := access.Actor{UserID: p.ID, Confirmed: true, Grants: []access.Grant{{Role: access.Officer}}}
		_, code, err := w.Accounts.Receive(t.Context(), by, accounts.NewPerson{Name: "Дәмелі", Lang: i18n.KK}, "Отчёт за год")
		must(t, err)
		stranger := open(t, w)
		stranger.get("/ru/slip", 200)
		wrong, _ := stranger.post("/ru/slip", http.StatusUnprocessableEntity, "code", "0000")
		wants(t, wrong, "больше не действует")
		shown, _ := stranger.post("/ru/slip", 200, "code", accounts.Grouped(code))
		wants(t, shown, "Отчёт за год")
		stranger.post("/ru/slip/undo", http.StatusSeeOther, "code", code)
		stranger.post("/ru/slip/undo", http.StatusUnprocessableEntity, "code", code)
	})
}

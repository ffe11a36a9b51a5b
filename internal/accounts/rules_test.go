package accounts

import (
	"testing"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

func TestGuessablePasswords(t *testing.T) {
	const name, email = "Әсел Нұрланова", "asel.nurlanova@shapagat.kz"
	for _, p := range []string{
		"1234567890", "0987654321a"[:10], "aaaaaaaaaa", "ababababab", "qwertyuiop", "qwerty2026!", "йцукенгшщз", "1qaz2wsx3edc",
		"Password2026", "P@ssw0rd123!", "пароль12345", "Құпиясөз2026", "Kazakhstan1!", "almaty-2026-!!", "asel.nurlanova1",
		"Нұрланова2026", "shapagat2026", "qwerty123456", "birgebirge11", "1q2w3e4r5t6y",
	} {
		if !guessable(p, name, email) {
			t.Errorf("%q passes as hard to guess", p)
		}
	}
	for _, p := range []string{
		"үш боз ат көктемде", "tulpar kel zhelden", "vY7-kqLm2p-Wz", "дождь над Уралом в марте", "correct horse battery", "almaty'da boz torgay",
	} {
		if guessable(p, name, email) {
			t.Errorf("%q is refused as guessable", p)
		}
	}
}

func TestPasswordLength(t *testing.T) {
	for password, want := range map[string]string{
		"vY7-kqLm2":                  "accounts.password.short",
		"vY7-kqLm2p":                 "",
		"ұшқын-ғой9":                 "",
		string(make([]byte, 250)):    "accounts.password.long",
		"password password password": "accounts.password.common",
	} {
		var bad problem.Fields
		checkPassword(&bad, password, "", "")
		if got := bad["password"].Key; got != want {
			t.Errorf("password of %d bytes: %q, want %q", len(password), got, want)
		}
	}
}

func TestWaitGrowsAndEnds(t *testing.T) {
	for _, x := range []struct {
		tries int64
		want  time.Duration
	}{{0, 0}, {4, 0}, {5, 30 * time.Second}, {6, time.Minute}, {9, 8 * time.Minute}, {10, 15 * time.Minute}, {5000, 15 * time.Minute}} {
		if got := byAccount.wait(x.tries); got != x.want {
			t.Errorf("after %d tries: %v, want %v", x.tries, got, x.want)
		}
	}
}

func TestEmails(t *testing.T) {
	for email, want := range map[string]bool{
		"a@b.kz": true, "a.b+c@mail.example.kz": true, "": false, "a": false, "a@b": false, "a@b.": false,
		"Name <a@b.kz>": false, "a@b.kz\r\nBcc: x@y.kz": false, "a b@c.kz": false,
	} {
		if got := validEmail(email); got != want {
			t.Errorf("%q: %v", email, got)
		}
	}
	if FoldEmail(" Asel@Example.KZ ") != "asel@example.kz" {
		t.Error("folding keeps letter case or blanks")
	}
}

func TestDeviceOf(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                       "Firefox, Linux",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1":    "Safari, iPhone",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36": "Samsung, Android",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0.0.0":    "Edge, Windows",
		"": "",
	} {
		if got := DeviceOf(agent); got != want {
			t.Errorf("%q: %q, want %q", agent, got, want)
		}
	}
}

func actor(id ref.ID, confirmed bool, grants ...access.Grant) access.Actor {
	return access.Actor{UserID: id, Confirmed: confirmed, Grants: grants}
}

func TestWhoMayGrant(t *testing.T) {
	const org, other, district, region = 11, 12, 21, 20
	admin := actor(1, true, access.Grant{Role: access.Admin})
	officer := actor(2, true, access.Grant{Role: access.Officer, Scope: region})
	lead := actor(3, false, access.Grant{Role: access.Lead, Scope: org})
	for _, x := range []struct {
		name   string
		by     access.Actor
		role   access.Role
		around []ref.ID
		want   string
	}{
		{"an administrator appoints an officer", admin, access.Officer, []ref.ID{district, region}, ""},
		{"without the second factor nobody is appointed", actor(1, false, admin.Grants...), access.Officer, nil, "accounts.confirm.first"},
		{"a lead takes staff in", lead, access.Staff, []ref.ID{org}, ""},
		{"a lead takes another lead in", lead, access.Lead, []ref.ID{org}, ""},
		{"a lead has no say elsewhere", lead, access.Staff, []ref.ID{other}, "accounts.grant.not_yours"},
		{"a lead makes no officers", lead, access.Officer, []ref.ID{org}, "accounts.grant.not_yours"},
		{"an officer of the region appoints in its district", officer, access.Officer, []ref.ID{district, region}, ""},
		{"an officer does not reach the whole country", officer, access.Officer, nil, "accounts.grant.not_yours"},
		{"an officer makes no administrators", officer, access.Admin, nil, "accounts.grant.not_yours"},
		{"an officer makes no keepers", officer, access.Keeper, nil, "accounts.grant.not_yours"},
		{"staff gives nothing", actor(4, true, access.Grant{Role: access.Staff, Scope: org}), access.Staff, []ref.ID{org}, "accounts.grant.not_yours"},
		{"a stranger gives nothing", access.Actor{}, access.Staff, []ref.ID{org}, "accounts.grant.not_yours"},
	} {
		_, err := mayGrant(x.by, x.role, x.around)
		if got := keyOf(err); got != x.want {
			t.Errorf("%s: %q, want %q", x.name, got, x.want)
		}
	}
}

func TestAdministratorsHaveNoSayInCases(t *testing.T) {
	for _, x := range []struct {
		role access.Role
		has  []Grant
		want string
	}{
		{access.Officer, []Grant{{Role: access.Admin}}, "accounts.grant.admin_apart"},
		{access.Expert, []Grant{{Role: access.Admin}}, "accounts.grant.admin_apart"},
		{access.Admin, []Grant{{Role: access.Lead}}, "accounts.grant.admin_apart"},
		{access.Keeper, []Grant{{Role: access.Admin}}, ""},
		{access.Admin, []Grant{{Role: access.Editor}}, ""},
		{access.Officer, []Grant{{Role: access.Expert}}, ""},
	} {
		if got := keyOf(mayHold(x.role, x.has)); got != x.want {
			t.Errorf("%s beside %v: %q, want %q", x.role, x.has, got, x.want)
		}
	}
}

func TestScopesOfRoles(t *testing.T) {
	org, place := ref.Ref{Kind: "organization", ID: 1}, ref.Ref{Kind: "place", ID: 2}
	for _, x := range []struct {
		role  access.Role
		scope ref.Ref
		ok    bool
	}{
		{access.Lead, org, true}, {access.Lead, place, false}, {access.Lead, ref.Ref{}, false}, {access.Officer, place, true},
		{access.Officer, ref.Ref{}, true}, {access.Admin, org, false}, {access.Admin, ref.Ref{}, true}, {access.Citizen, ref.Ref{}, false},
		{access.Officer, ref.Ref{Kind: "place"}, false}, {access.Admin, ref.Ref{ID: 1}, false},
	} {
		if got := checkScope(x.role, x.scope) == nil; got != x.ok {
			t.Errorf("%s for %+v: %v", x.role, x.scope, got)
		}
	}
}

func TestSessionsEndByThemselves(t *testing.T) {
	now := time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) db.Time { return db.At(now.Add(-d)) }
	for _, x := range []struct {
		name string
		s    Session
		want bool
	}{
		{"fresh", Session{MadeAt: ago(0), SeenAt: ago(0)}, true},
		{"old but used", Session{MadeAt: ago(29 * 24 * time.Hour), SeenAt: ago(time.Hour)}, true},
		{"too old", Session{MadeAt: ago(30 * 24 * time.Hour), SeenAt: ago(0)}, false},
		{"not used for a week", Session{MadeAt: ago(8 * 24 * time.Hour), SeenAt: ago(7 * 24 * time.Hour)}, false},
		{"ended", Session{MadeAt: ago(0), SeenAt: ago(0), EndedAt: ago(0)}, false},
		{"waiting too long for the code", Session{Pending: true, MadeAt: ago(10 * time.Minute), SeenAt: ago(0)}, false},
	} {
		if got := x.s.alive(now); got != x.want {
			t.Errorf("%s: %v", x.name, got)
		}
	}
}

func TestCodesAreReadAsTheyAreTyped(t *testing.T) {
	code := newCode(visitCode)
	if len(code) != 26 || code == newCode(visitCode) {
		t.Fatalf("code %q", code)
	}
	if got := typedCode(" " + Grouped(code) + " "); got != code {
		t.Errorf("%q typed in groups reads as %q", code, got)
	}
	if got := typedCode("O0-IL"); got != "0011" {
		t.Errorf("look-alikes read as %q", got)
	}
}

func keyOf(err error) string {
	p := problem.As(err)
	switch {
	case err == nil:
		return ""
	case p == nil:
		return err.Error()
	case len(p.Fields) == 1:
		for _, f := range p.Fields {
			return f.Key
		}
	}
	return p.Key
}

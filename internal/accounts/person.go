// Package accounts knows the people of the portal: who they are, how they prove
// it, in which roles they act and for what.
//
// A person is found by e-mail alone, folded, and never by name. Signing in gives
// a session, whose token only the browser knows: the store keeps its hash. A
// wrong password, an unknown address and a blocked account get one answer after
// the same work, and tries are counted for all nodes before they are judged.
//
// Roles are granted for an organization, a place or a programme, by somebody
// whose own role appoints that role there; who runs the portal has no say in
// cases. Whatever the portal keeps of a person is declared in one register, with
// purpose, ground and keeping time; from it the person's own copy is made, and
// the erasure.
//
// Sessions, tickets and counted tries are no things of the portal: they are not
// told in the journal. The secrets of a person (password, codes, keys) lie in
// tables of their own, so that no entry holds them.
package accounts

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"

	"golang.org/x/text/unicode/norm"
)

// The states of a person.
const (
	Active  = "active"
	Blocked = "blocked" // cannot sign in; what they did stays
	Erased  = "erased"  // nothing is left but the id
)

// Person is somebody with an account. Nothing of a person is public.
type Person struct {
	ID   ref.ID `json:"id"`
	Name string `json:"name"`
	// Email is as the person writes it; "" for somebody whom only the help desk knows.
	Email string `json:"email"`
	// EmailProved is when the person showed that letters to Email reach them.
	EmailProved db.Time   `json:"email_proved"`
	Lang        i18n.Lang `json:"lang"`
	Status      string    `json:"status"`
	JoinedAt    db.Time   `json:"joined_at"`
	// PasswordAt and TOTPAt tell since when there is a password and a code
	// generator; no time when there is none.
	PasswordAt db.Time `json:"password_at"`
	TOTPAt     db.Time `json:"totp_at"`
	Version    int64   `json:"version"`
}

// Ref names the person by id alone: a name in it would outlive its erasure.
func (p Person) Ref() ref.Ref { return ref.Ref{Kind: "person", ID: p.ID} }

// JournalVersion is the version of the row.
func (p Person) JournalVersion() int64 { return p.Version }

// Public is never true of a person.
func (p Person) Public() bool { return false }

// NewPerson is what is known of somebody who joins.
type NewPerson struct {
	Name, Email string
	Lang        i18n.Lang
	// Password may be "": the person then signs in by mailed link or passkey.
	Password string
	// Proved tells that letters to Email have been shown to reach the person.
	Proved bool
}

const (
	maxName  = 120
	maxEmail = 254
)

// check judges a person's own facts; the password is judged apart.
func (n *NewPerson) check(emailNeeded bool) problem.Fields {
	n.Name, n.Email = oneSpace(n.Name), strings.TrimSpace(n.Email)
	var bad problem.Fields
	bad.Reject(n.Name == "", "name", "form.required")
	bad.Reject(utf8.RuneCountInString(n.Name) > maxName, "name", "accounts.name.too_long", "max", maxName)
	bad.Reject(emailNeeded && n.Email == "", "email", "form.required")
	bad.Reject(n.Email != "" && !validEmail(n.Email), "email", "accounts.email.wrong")
	if _, ok := i18n.ParseLang(string(n.Lang)); !ok {
		n.Lang = i18n.KK
	}
	return bad
}

func oneSpace(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }

// FoldEmail is how two spellings of one address are known to be the same.
func FoldEmail(s string) string {
	return strings.ToLower(norm.NFKC.String(strings.TrimSpace(s)))
}

func validEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > maxEmail || strings.ContainsAny(s, "\r\n\"<> ") {
		return false
	}
	_, host, _ := strings.Cut(s, "@")
	return strings.Contains(host, ".") && !strings.HasSuffix(host, ".")
}

// maySee: the person, and who runs the portal.
func maySee(by access.Actor, person ref.ID) error {
	if by.IsPortal() || by.SignedIn() && by.UserID == person || by.Has(access.Admin) {
		return nil
	}
	return problem.New(problem.NotFound, "problem.not_found")
}

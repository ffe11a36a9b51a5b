package resolutions

import (
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// guest is who proposes or supports without an account: by an address that a mailed
// link proved, or by the code of a registration. Nobody is shown it.
type guest struct {
	ID           ref.ID
	Email        string // "" of a participant without an address
	Lang         i18n.Lang
	Registration ref.ID // by whose code, 0 for an address
}

// voter is who is behind a proposal or a support: an account, or a guest.
type voter struct{ person, guest ref.ID }

// id tells voters apart: ids of accounts and of guests are never the same.
func (v voter) id() ref.ID {
	if v.person != 0 {
		return v.person
	}
	return v.guest
}

// visitor acts in the journal for who has no account.
func visitor() access.Actor { return access.Portal("visitor") }

// GuestAct is what somebody wants who has no account. With Support it is to support
// that proposal, else to make the proposal that New says.
type GuestAct struct {
	Support ref.ID      `json:"support"`
	New     NewProposal `json:"new"`
	Lang    i18n.Lang   `json:"lang"` // of the letters
}

// byMail is the act whose link proves an address.
const byMail = "resolutions.by_mail"

// Guest is how somebody without an account is known: by the code of the registration
// for the forum, at once, or by an address, to which a link is mailed.
type Guest struct {
	Email, Code string
	Lang        i18n.Lang
	Consent     bool
}

func (g Guest) check() error {
	var bad problem.Fields
	bad.Reject(g.Email == "" && g.Code == "", "email", "resolutions.guest.missing")
	bad.Reject(!g.Consent, "consent", "resolutions.guest.consent_missing")
	return bad.Err()
}

// GuestNews is what a letter to somebody without an account tells.
type GuestNews string

// The letters.
const (
	NewsConfirm   GuestNews = "confirm"   // with the link that does what was asked
	NewsProposed  GuestNews = "proposed"  // it stands; with the link to all that was said
	NewsSupported GuestNews = "supported" // it counts; with the same link
	NewsJudge     GuestNews = "judge"     // it is said to be done; with the link to judge that
)

// GuestLetter is a letter to an address without an account.
type GuestLetter struct {
	News     GuestNews
	Email    string
	Lang     i18n.Lang
	Text     i18n.Text // of the proposal, or of the item of NewsJudge
	Document Document
	Path     string    // of the proposal, once it stands, or of the item
	Token    string    // "" for an address that has an account: all is told there
	Until    db.Time   // of NewsConfirm and NewsJudge
	Proof    i18n.Text // of NewsJudge
}

// mostADay is how many proposals one person can make for a document within a day.
const mostADay = 20

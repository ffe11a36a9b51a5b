package forums

import (
	"slices"
	"strings"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindOffer is the kind of the ref of an offer of help.
const KindOffer = "help_offer"

// HelpOffer is somebody's wish to help a project or an organization. Who that is, the
// organization and they alone know, until it is erased: a while after the answer,
// when nobody has answered for a year, or as soon as they ask.
type HelpOffer struct {
	ID         ref.ID     `json:"id"`
	Version    int64      `json:"version"`
	OrgID      ref.ID     `json:"org_id"`
	ProjectID  ref.ID     `json:"project_id"` // 0 for help to the organization
	StandID    ref.ID     `json:"stand_id"`   // at which it was offered, 0 for none
	Kind       HelpKind   `json:"kind"`
	State      OfferState `json:"state"`
	SentAt     db.Time    `json:"sent_at"`
	AnsweredAt db.Time    `json:"answered_at"`
	Sample     bool       `json:"sample"`
	Helper
}

// Helper is what only the organization and the person know: no entry of the journal
// has it.
type Helper struct {
	Name    string    `json:"-"`
	Email   string    `json:"-"`
	Phone   string    `json:"-"`
	Lang    i18n.Lang `json:"-"`
	Message string    `json:"-"`
	Answer  string    `json:"-"`
}

// HelpKind is with what somebody wants to help.
type HelpKind string

// HelpKinds lists with what somebody can help.
var HelpKinds = []HelpKind{"time", "money", "thing", "knowledge"}

// Key is the message key of the kind.
func (k HelpKind) Key() string { return "forums.help." + string(k) }

// OfferState is where an offer stands.
type OfferState string

// The states of an offer.
const (
	OfferSent     OfferState = "sent"
	OfferTaken    OfferState = "taken"
	OfferRefused  OfferState = "refused"
	OfferTakeback OfferState = "taken_back" // by who sent it
)

// Key is the message key of the state.
func (s OfferState) Key() string { return "forums.offer_is." + string(s) }

// Tone is how a state is coloured.
func (s OfferState) Tone() string {
	switch s {
	case OfferTaken:
		return "good"
	case OfferSent:
		return "wait"
	}
	return "quiet"
}

// Ref names the offer without saying whose it is.
func (o HelpOffer) Ref() ref.Ref {
	return ref.Ref{Kind: KindOffer, ID: o.ID, Title: i18n.Text{}, Path: "/desk/offers/" + o.ID.String()}
}

// JournalVersion is the version of the row.
func (o HelpOffer) JournalVersion() int64 { return o.Version }

// For how long it is known who offered help: after the answer, and without one.
const (
	keepAnswered   = 90 * 24 * time.Hour
	keepUnanswered = 365 * 24 * time.Hour
)

// How many offers are taken within a day, from one address and for one organization:
// what is more is not help.
const (
	mostFromOne = 3
	mostForOrg  = 40
)

// longestNote is how many characters a message or an answer may have.
const longestNote = 2000

func (o HelpOffer) check(consent bool) error {
	var bad problem.Fields
	bad.Reject(!slices.Contains(HelpKinds, o.Kind), "kind", "form.required")
	bad.Reject(o.Name == "", "name", "form.required")
	bad.Reject(!strings.Contains(o.Email, "@"), "email", "forums.not_an_email")
	bad.Reject(o.Message == "", "message", "form.required")
	bad.Reject(len([]rune(o.Message)) > longestNote, "message", "forums.text_too_long", "most", longestNote)
	bad.Reject(!consent, "consent", "forums.consent_missing")
	return bad.Err()
}

// mayAnswer: people of the organization.
func (o HelpOffer) mayAnswer(by access.Actor) (access.Actor, error) {
	return Stand{OrgID: o.OrgID}.mayAsk(by)
}

// respond takes the offer up, or refuses it with thanks.
func (o *HelpOffer) respond(take bool, answer string, now db.Time) error {
	if o.State != OfferSent {
		return problem.New(problem.Conflict, "forums.offer_over")
	}
	var bad problem.Fields
	bad.Reject(answer == "", "answer", "form.required")
	bad.Reject(len([]rune(answer)) > longestNote, "answer", "forums.text_too_long", "most", longestNote)
	if err := bad.Err(); err != nil {
		return err
	}
	if o.State = OfferRefused; take {
		o.State = OfferTaken
	}
	o.Answer, o.AnsweredAt = answer, now
	return nil
}

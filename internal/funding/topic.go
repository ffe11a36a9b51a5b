package funding

import (
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// KindTopic is the kind of the ref of a topic.
const KindTopic = "topic"

// Topic is a need that somebody asks a body to pay for. Money is in tiyn.
type Topic struct {
	ID       ref.ID `json:"id"`
	Number   string `json:"number"` // 2026-000012
	WindowID ref.ID `json:"window_id"`
	BodyID   ref.ID `json:"body_id"`
	// Kind is of which funding and Year the budget of which year it is to be paid,
	// as the window said.
	Kind string `json:"kind"`
	Year int    `json:"year"`
	// ByOrg is the organization that proposed it, 0 where a citizen did. ByPerson
	// is who pressed the button: personal, shown to nobody, and not in the journal.
	ByOrg    ref.ID `json:"by_org"`
	ByPerson ref.ID `json:"-"`
	Need
	State      TopicState `json:"state"`
	MergedInto ref.ID     `json:"merged_into"`
	// Reason is the public answer of the body.
	Reason     i18n.Text `json:"reason"`
	ProposedOn db.Date   `json:"proposed_on"`
	ReviewedOn db.Date   `json:"reviewed_on"`
	// ApprovedSum is what the body wants to set aside, published on ApprovedOn,
	// before the money is voted; PotID is the money that was voted for it.
	ApprovedOn  db.Date `json:"approved_on"`
	ApprovedSum int64   `json:"approved_sum"`
	PotID       ref.ID  `json:"pot_id"`
	NormsOn     db.Date `json:"norms_on"`
	Sample      bool    `json:"sample"`
	Version     int64   `json:"version"`
}

// Need is what the one who proposes fills in.
type Need struct {
	Title    i18n.Text `json:"title"`
	Problem  i18n.Text `json:"problem"`
	Evidence i18n.Text `json:"evidence"` // by what one knows it; files may lie beside
	Groups   []string  `json:"groups"`   // target groups, codes of the classifier
	People   int64     `json:"people"`   // how many it concerns
	PlaceID  ref.ID    `json:"place_id"`
	Rural    bool      `json:"rural"` // follows from the place
	Sphere   string    `json:"sphere"`
	Result   i18n.Text `json:"result"`
	// Indicators are numbers with the value now and the value wanted.
	Indicators []projects.Indicator `json:"indicators"`
	Years      int                  `json:"years"` // how long the work takes
	Sum        int64                `json:"sum"`   // estimated
}

// TopicState is where a topic stands.
type TopicState string

// The states of a topic.
const (
	TopicProposed  TopicState = "proposed"
	TopicAccepted  TopicState = "accepted"
	TopicApproved  TopicState = "approved" // on the list with a sum
	TopicMerged    TopicState = "merged"
	TopicDeclined  TopicState = "declined"
	TopicWithdrawn TopicState = "withdrawn"
)

// TopicStates lists the states in the order of a topic's life.
var TopicStates = []TopicState{TopicProposed, TopicAccepted, TopicApproved, TopicMerged, TopicDeclined, TopicWithdrawn}

// Key is the message key of the state.
func (s TopicState) Key() string { return "funding.topic.state." + string(s) }

// Tone is how a state is coloured.
func (s TopicState) Tone() string {
	switch s {
	case TopicProposed, TopicAccepted:
		return "wait"
	case TopicApproved:
		return "good"
	}
	return "quiet"
}

// number stands for the state in the index.
func (s TopicState) number() int64 { return int64(slices.Index(TopicStates, s) + 1) }

// Stands tells that the topic is on its way: others may be merged into it.
func (s TopicState) Stands() bool {
	return s == TopicProposed || s == TopicAccepted || s == TopicApproved
}

// Ref names the topic.
func (t Topic) Ref() ref.Ref {
	return ref.Ref{Kind: KindTopic, ID: t.ID, Title: t.Title, Path: "/topics/" + t.ID.String()}
}

// JournalVersion is the version of the row.
func (t Topic) JournalVersion() int64 { return t.Version }

// Public tells that everybody may see topics.
func (t Topic) Public() bool { return true }

// Ends is the last day of the work, when it begins with the year of the budget.
func (t Topic) Ends() db.Date { return db.Day(t.Year+max(t.Years, 1)-1, 12, 31) }

// longestText is how long one text of a topic may be, in characters.
const longestText = 5000

// check judges the need on its own; most is how many years the norm allows.
func (n Need) check(most int) error {
	var bad problem.Fields
	for name, text := range map[string]i18n.Text{"title": n.Title, "problem": n.Problem, "evidence": n.Evidence, "result": n.Result} {
		bad.Reject(text.IsZero(), name, "form.required")
		for _, l := range i18n.Langs {
			bad.Reject(len([]rune(text.Get(l))) > longestText, name+"."+string(l), "funding.text_too_long", "most", longestText)
		}
	}
	bad.Reject(len(n.Groups) == 0, "groups", "form.required")
	bad.Reject(n.People <= 0, "people", "projects.more_than_zero")
	bad.Reject(n.PlaceID == 0, "place", "form.required")
	bad.Reject(n.Sphere == "", "sphere", "form.required")
	bad.Reject(n.Years < 1 || n.Years > most, "years", "funding.topic.years_out_of_range", "most", most)
	bad.Reject(n.Sum <= 0, "sum", "projects.more_than_zero")
	bad.Reject(len(n.Indicators) == 0, "indicators.0.name", "funding.topic.indicator_missing")
	for i, x := range n.Indicators {
		at := field("indicators", i)
		bad.Reject(x.Name.IsZero(), at+"name", "form.required")
		bad.Reject(!x.Target.Known, at+"target", "form.required")
	}
	return bad.Err()
}

// mayPropose: everybody who is signed in; for an organization, its people.
func mayPropose(by access.Actor, org ref.ID) (access.Actor, error) {
	switch {
	case by.IsPortal():
		return by, nil
	case !by.SignedIn():
		return by, problem.New(problem.Unauthenticated, "problem.sign_in")
	case org == 0:
		return by.As(access.Citizen, 0), nil
	case by.LeadsOrg(org):
		return by.As(access.Lead, org), nil
	case by.WorksFor(org):
		return by.As(access.Staff, org), nil
	}
	return by, problem.New(problem.Forbidden, "funding.topic.not_your_org")
}

// proposed tells that the topic is the actor's, or of his organization.
func (t Topic) proposed(by access.Actor) bool {
	return by.SignedIn() && by.UserID == t.ByPerson || by.WorksFor(t.ByOrg)
}

// mayKeep: who proposed a topic, while nobody has judged it.
func (t Topic) mayKeep(by access.Actor) (access.Actor, error) {
	if !t.proposed(by) {
		return by, problem.New(problem.Forbidden, "funding.topic.only_proposer")
	}
	if t.State != TopicProposed {
		return by, problem.New(problem.Conflict, "funding.topic.reviewed_already")
	}
	return mayPropose(by, t.ByOrg)
}

// mayJudge: the side of the body, and nobody who proposed the topic.
func (t Topic) mayJudge(by access.Actor, around []ref.ID) (access.Actor, error) {
	as, err := mayAsk(by, t.BodyID, t.Kind, around)
	if err == nil && t.proposed(by) {
		return by, problem.New(problem.Forbidden, "funding.topic.your_own")
	}
	return as, err
}

// Review is what the body answers to a topic.
type Review struct {
	State  TopicState // accepted, merged or declined
	Reason i18n.Text
	Into   ref.ID // the topic that takes this one in
}

// review gives the topic the answer of the body. into is the topic that r names,
// the zero topic where there is none.
func (t *Topic) review(r Review, into Topic, today db.Date) error {
	if t.State != TopicProposed {
		return problem.New(problem.Conflict, "funding.topic.reviewed_already")
	}
	var bad problem.Fields
	bad.Reject(r.State != TopicAccepted && r.State != TopicMerged && r.State != TopicDeclined, "state", "form.required")
	bad.Reject(r.Reason.Trim().IsZero(), "reason", "funding.reason_missing")
	if r.State == TopicMerged {
		bad.Reject(into.ID == 0, "into", "form.required")
		bad.Reject(into.ID != 0 && (into.ID == t.ID || into.BodyID != t.BodyID || !into.State.Stands()), "into", "funding.topic.cannot_merge")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	t.State, t.Reason, t.ReviewedOn = r.State, r.Reason.Trim(), today
	if r.State == TopicMerged {
		t.MergedInto = into.ID
	}
	return nil
}

// approve puts an accepted topic on the list with a sum.
func (t *Topic) approve(sum int64, today db.Date) error {
	if t.State != TopicAccepted {
		return problem.New(problem.Conflict, "funding.topic.not_accepted")
	}
	var bad problem.Fields
	bad.Reject(sum <= 0, "sum", "projects.more_than_zero")
	if err := bad.Err(); err != nil {
		return err
	}
	t.State, t.ApprovedSum, t.ApprovedOn = TopicApproved, sum, today
	return nil
}

// fund says which money was voted for an approved topic.
func (t *Topic) fund(p Pot) error {
	if t.State != TopicApproved {
		return problem.New(problem.Conflict, "funding.topic.not_approved")
	}
	var bad problem.Fields
	_, ok := p.year(t.Year)
	bad.Reject(p.FunderID != t.BodyID || !ok, "pot", "funding.topic.other_pot")
	if err := bad.Err(); err != nil {
		return err
	}
	t.PotID = p.ID
	return nil
}

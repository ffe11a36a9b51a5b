// Package resolutions keeps what people decide together and what became of it.
//
// A document (the resolution of a forum, a package of proposals to a plan, a concept,
// the draft of a law) grows out of proposals. Each item of an adopted document is
// followed until it is done: it gets an owner, a date and a measure of success; the
// owner accepts it or declines it with reasons; an accepted item is an obligation
// whose ground is a promise, so its clock, reminders and score are those of all
// obligations; the owner proves that it is done, and whoever proposed it confirms or
// disputes that. What is not done is carried to the next document. A report tells
// before the next forum what became of the last one.
//
// Real documents come from published reports. What a report does not say (an owner, a
// date) is unknown here too, and is shown as unknown.
package resolutions

import (
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// The kinds of the refs of this room.
const (
	Kind         = "resolution"
	KindItem     = "resolution_item"
	KindProposal = "resolution_proposal"
)

// Sort is what a document is.
type Sort string

// The sorts of documents.
const (
	Resolution Sort = "resolution" // of a forum
	Package    Sort = "package"    // proposals to a plan
	Concept    Sort = "concept"
	Law        Sort = "law" // the draft of a law
)

// Sorts lists the sorts in the order in which pages show them.
var Sorts = []Sort{Resolution, Package, Concept, Law}

// Stage is how far a document has come.
type Stage string

// The stages of a document.
const (
	Gathering Stage = "gathering" // takes proposals, and is written
	Discussed Stage = "discussed" // its text is open for comments and amendments
	Adopted   Stage = "adopted"
)

// Open tells that the document still takes proposals.
func (d Document) Open() bool { return d.Stage != Adopted }

// Document is something that people decide together.
type Document struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	// Fact names the real document in the published facts, "" for others.
	Fact  string    `json:"fact"`
	Kind  Sort      `json:"kind"`
	Title i18n.Text `json:"title"`
	About i18n.Text `json:"about"`
	// PlaceID is where it is made, 0 for the whole country. HolderID is the
	// organization that keeps it; without one the officers of the place do.
	PlaceID  ref.ID `json:"place_id"`
	HolderID ref.ID `json:"holder_id"`
	ForumID  ref.ID `json:"forum_id"`
	// PreviousID is the document of the forum before, of which this one reports.
	PreviousID ref.ID `json:"previous_id"`
	// TargetID is the document into which a package proposes something.
	TargetID ref.ID `json:"target_id"`
	Stage    Stage  `json:"stage"`
	// AdoptedOn is no date where the source gives none.
	AdoptedOn db.Date `json:"adopted_on"`
	// Edition counts the texts that were laid open, 0 while it is drafted. AmendUntil
	// is the last day for comments and amendments. BodyID is the body that votes on
	// it, 0 where none does.
	Edition    int64   `json:"edition"`
	AmendUntil db.Date `json:"amend_until"`
	BodyID     ref.ID  `json:"body_id"`
	// Outcomes are what a report says came of the forum, in its words.
	Outcomes []i18n.Text `json:"outcomes"`
	// AndOthers tells that the source says there were more items, and Others how;
	// MoreProposals that there were more proposals.
	AndOthers     bool      `json:"and_others"`
	Others        i18n.Text `json:"others"`
	MoreProposals bool      `json:"more_proposals"`
	Source        Source    `json:"source"`
	Sample        bool      `json:"sample"`
}

// Source is where a real document is told. Publisher and date are empty where they
// are not known.
type Source struct {
	Code      string    `json:"code"`
	Publisher string    `json:"publisher"`
	Published db.Date   `json:"published"`
	Lang      i18n.Lang `json:"lang"`
	Act       i18n.Text `json:"act"` // the act of law, for what is no report
}

// Ref names the document to other rooms.
func (d Document) Ref() ref.Ref {
	return ref.Ref{Kind: Kind, ID: d.ID, Title: d.Title, Path: "/resolutions/" + d.ID.String()}
}

// JournalVersion is the version of the row.
func (d Document) JournalVersion() int64 { return d.Version }

// Public tells that documents are open to all.
func (d Document) Public() bool { return true }

// NewDocument is what is said to begin a document.
type NewDocument struct {
	Kind                          Sort
	Title, About                  i18n.Text
	PlaceID, HolderID             ref.ID
	ForumID, PreviousID, TargetID ref.ID
	Sample                        bool
}

// How many characters people may write.
const (
	longestTitle = 300
	longestText  = 5000
)

func (n NewDocument) check() error {
	var bad problem.Fields
	bad.Reject(!slices.Contains(Sorts, n.Kind), "kind", "form.unknown_choice")
	bad.Reject(n.Title.KK == "", "title.kk", "form.required")
	bad.Reject(n.Title.RU == "", "title.ru", "form.required")
	tooLong(&bad, "title", n.Title, longestTitle)
	tooLong(&bad, "about", n.About, longestText)
	bad.Reject(n.PlaceID == 0, "place", "form.required")
	return bad.Err()
}

// tooLong rejects a text that has too many characters in a language.
func tooLong(bad *problem.Fields, field string, t i18n.Text, most int) {
	for _, l := range i18n.Langs {
		bad.Reject(len([]rune(t.Get(l))) > most, field, "form.too_long", "max", most)
	}
}

// mayKeep: those who speak for the organization that holds a document, and the
// officers of its place. around is the place and the places around it.
func mayKeep(by access.Actor, holder ref.ID, around []ref.ID) (access.Actor, error) {
	switch {
	case by.IsPortal():
		return by, nil
	case by.LeadsOrg(holder):
		return by.As(access.Lead, holder), nil
	case holder != 0 && slices.Contains(by.Scopes(access.Officer), holder):
		return by.As(access.Officer, holder), nil
	}
	for _, scope := range around {
		if scope != 0 && slices.Contains(by.Scopes(access.Officer), scope) {
			return by.As(access.Officer, scope), nil
		}
	}
	return by, problem.New(problem.Forbidden, "resolutions.only_keeper")
}

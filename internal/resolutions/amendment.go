package resolutions

import (
	"slices"
	"strconv"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// The kinds of the refs of amendments and comments.
const (
	KindAmendment = "resolution_amendment"
	KindComment   = "resolution_comment"
)

// AmendAct is what an amendment does.
type AmendAct string

// The acts of amendments.
const (
	Replace AmendAct = "replace"
	Delete  AmendAct = "delete"
	Add     AmendAct = "add" // behind the article, or at the beginning
)

// AmendActs lists the acts in the order in which a form offers them.
var AmendActs = []AmendAct{Replace, Delete, Add}

// Outcome is what became of an amendment; "" while it is open.
type Outcome string

// The outcomes.
const (
	Taken    Outcome = "adopted"
	Refused  Outcome = "rejected"
	TakenOff Outcome = "withdrawn"
)

// Advice is what the drafting group recommends; "" while it has not said.
type Advice string

// What can be recommended.
const (
	AdviseTake   Advice = "adopt"
	AdviseRefuse Advice = "reject"
)

// Amendment is a change of a document that somebody proposes.
type Amendment struct {
	ID         ref.ID `json:"id"`
	Version    int64  `json:"version"`
	DocumentID ref.ID `json:"resolution_id"`
	No         int64  `json:"no"` // in the document
	// ArticleID is the article that it changes, or behind which it adds one; 0 adds at
	// the beginning.
	ArticleID ref.ID   `json:"article_id"`
	Act       AmendAct `json:"act"`
	// Base is the edition since which the article said what the author read.
	Base int64 `json:"base"`
	// Text is the new text; a language that it does not have stays as it is.
	Text i18n.Text `json:"text"`
	Why  i18n.Text `json:"why"`
	// ByOrg is the organization that proposes it, 0 for a person. ByPerson is
	// personal, shown to nobody, and not in the journal.
	ByOrg      ref.ID    `json:"by_org"`
	ByPerson   ref.ID    `json:"-"`
	MadeOn     db.Date   `json:"made_on"`
	Advice     Advice    `json:"advice"`
	AdviceText i18n.Text `json:"advice_text"`
	AdvisedOn  db.Date   `json:"advised_on"`
	Outcome    Outcome   `json:"outcome"`
	DecidedOn  db.Date   `json:"decided_on"`
	Edition    int64     `json:"edition"` // with which it was adopted
	Sample     bool      `json:"sample"`
}

// Ref names the amendment to other rooms.
func (a Amendment) Ref() ref.Ref {
	no := "№ " + strconv.FormatInt(a.No, 10)
	return ref.Ref{Kind: KindAmendment, ID: a.ID, Title: i18n.Text{KK: no, RU: no, EN: no}, Path: "/resolutions/" + a.DocumentID.String() + "/amendments/" + a.ID.String()}
}

// Root is the document.
func (a Amendment) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: a.DocumentID} }

// JournalVersion is the version of the row.
func (a Amendment) JournalVersion() int64 { return a.Version }

// Public tells that amendments are open to all.
func (a Amendment) Public() bool { return true }

// Open tells that it waits for a decision.
func (a Amendment) Open() bool { return a.Outcome == "" }

// made tells that the actor made the amendment.
func (a Amendment) made(by access.Actor) bool {
	return by.SignedIn() && by.UserID == a.ByPerson || by.WorksFor(a.ByOrg)
}

// Fits tells that the article still says what the author read. To what is added it
// does not matter.
func (a Amendment) Fits(at Article) bool {
	return a.Act == Add || !at.Deleted && at.Since == a.Base
}

// NewAmendment is what somebody writes.
type NewAmendment struct {
	ArticleID, ByOrg ref.ID
	Act              AmendAct
	Base             int64
	Text, Why        i18n.Text
}

// check judges an amendment against the article as it stands. What was typed is kept
// by the form, so nothing is lost when the article has changed.
func (n *NewAmendment) check(at Article) error {
	n.Text, n.Why = n.Text.Trim(), n.Why.Trim()
	var bad problem.Fields
	bad.Reject(!slices.Contains(AmendActs, n.Act), "act", "form.unknown_choice")
	bad.Reject(n.Act != Add && n.ArticleID == 0, "article", "form.required")
	bad.Reject(n.Act != Delete && n.Text.IsZero(), "text", "form.required")
	tooLong(&bad, "text", n.Text, longestArticle)
	tooLong(&bad, "why", n.Why, longestText)
	if err := bad.Err(); err != nil {
		return err
	}
	switch {
	case n.Act == Add:
		return nil
	case at.Deleted:
		return problem.New(problem.Conflict, "resolutions.amend.deleted", "edition", at.Since)
	case at.Since != n.Base:
		return problem.New(problem.Conflict, "resolutions.amend.changed", "edition", at.Since)
	case n.Act == Delete:
		n.Text = i18n.Text{}
	case over(n.Text, at.Text) == at.Text:
		return (problem.Fields{"text": {Key: "resolutions.amend.nothing"}}).Err()
	}
	return nil
}

// advise sets what the drafting group recommends; reasons are needed to refuse.
func (a *Amendment) advise(what Advice, why i18n.Text, today db.Date) error {
	if !a.Open() {
		return problem.New(problem.Conflict, "resolutions.amend.decided")
	}
	why = why.Trim()
	var bad problem.Fields
	bad.Reject(what != AdviseTake && what != AdviseRefuse, "advice", "form.required")
	bad.Reject(what == AdviseRefuse && why.IsZero(), "why", "resolutions.reasons_missing")
	tooLong(&bad, "why", why, longestText)
	if err := bad.Err(); err != nil {
		return err
	}
	a.Advice, a.AdviceText, a.AdvisedOn = what, why, today
	return nil
}

// Comment is what somebody says of a document or of one of its articles.
type Comment struct {
	ID         ref.ID    `json:"id"`
	Version    int64     `json:"version"`
	DocumentID ref.ID    `json:"resolution_id"`
	ArticleID  ref.ID    `json:"article_id"` // 0 for the whole document
	Text       i18n.Text `json:"text"`
	ByOrg      ref.ID    `json:"by_org"` // 0 for a person, who is shown to nobody
	ByPerson   ref.ID    `json:"-"`
	MadeOn     db.Date   `json:"made_on"`
	// RemovedOn is when it was taken off the page, by its author or for a reason.
	RemovedOn  db.Date   `json:"removed_on"`
	RemovedWhy i18n.Text `json:"removed_why"`
	Sample     bool      `json:"sample"`
}

// Ref names the comment.
func (c Comment) Ref() ref.Ref {
	path := "/resolutions/" + c.DocumentID.String()
	if c.ArticleID != 0 {
		path += "/articles/" + c.ArticleID.String()
	}
	return ref.Ref{Kind: KindComment, ID: c.ID, Title: c.Text, Path: path + "#c" + c.ID.String()}
}

// Root is the document.
func (c Comment) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: c.DocumentID} }

// JournalVersion is the version of the row.
func (c Comment) JournalVersion() int64 { return c.Version }

// Public tells that a comment is open to all until it is removed.
func (c Comment) Public() bool { return c.RemovedOn.IsZero() }

func (c Comment) made(by access.Actor) bool {
	return by.SignedIn() && by.UserID == c.ByPerson || by.WorksFor(c.ByOrg)
}

package resolutions

import (
	"net/url"
	"slices"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// ItemStage is how far an item has come by what people did. Whether it is late or
// disputed follows from its obligation: see Standing.
type ItemStage string

// The stages of an item.
const (
	ItemAdopted   ItemStage = "adopted"  // nobody is asked yet
	ItemAssigned  ItemStage = "assigned" // somebody is asked, and has not answered
	ItemAccepted  ItemStage = "accepted"
	ItemDeclined  ItemStage = "declined" // with reasons
	ItemInWork    ItemStage = "in_work"
	ItemDone      ItemStage = "done" // with proof
	ItemConfirmed ItemStage = "confirmed"
	ItemCarried   ItemStage = "carried" // to the next document
)

// Item is what a document asks of somebody.
type Item struct {
	ID         ref.ID    `json:"id"`
	Version    int64     `json:"version"`
	DocumentID ref.ID    `json:"resolution_id"`
	No         int       `json:"no"`
	Text       i18n.Text `json:"text"`
	Theme      string    `json:"theme"` // code of the list sphere, "" when unknown
	// OwnerID is who is asked, 0 when unknown; Due no date when unknown.
	OwnerID ref.ID    `json:"owner_id"`
	Due     db.Date   `json:"due"`
	Measure i18n.Text `json:"measure"` // of success
	// AnswerBy is the last day on which the owner is expected to accept or decline.
	AnswerBy db.Date `json:"answer_by"`
	// ProposerOrg proposed it, 0 for a person or when unknown. ProposerPerson, and
	// ProposerGuest for who has no account, are personal, shown to nobody, and not in
	// the journal.
	ProposerOrg    ref.ID    `json:"proposer_org"`
	ProposerPerson ref.ID    `json:"-"`
	ProposerGuest  ref.ID    `json:"-"`
	Stage          ItemStage `json:"stage"`
	AnsweredOn     db.Date   `json:"answered_on"`
	// ByLink tells that the owner's last word came by a mailed link.
	ByLink bool `json:"by_link"`
	// Noted tells that the owner's last word was noted by who keeps the document, from
	// a letter: only of a package, whose addressee may not be on the portal.
	Noted      bool      `json:"noted"`
	Answer     i18n.Text `json:"answer"`
	ProgressOn db.Date   `json:"progress_on"`
	Progress   i18n.Text `json:"progress"`
	DoneOn     db.Date   `json:"done_on"`
	Proof      i18n.Text `json:"proof"`
	ProofLink  string    `json:"proof_link"`
	JudgedOn   db.Date   `json:"judged_on"`
	Judgement  i18n.Text `json:"judgement"`
	// JudgedByLink tells that the proposer, who has no account, judged by a mailed
	// link. Entries from before there was such a link do not name it.
	JudgedByLink bool `json:"judged_by_link,omitempty"`
	// CarriedFrom and CarriedTo are items of the document before and after;
	// CarriedAs is how the item stood when it was carried.
	CarriedFrom ref.ID   `json:"carried_from"`
	CarriedTo   ref.ID   `json:"carried_to"`
	CarriedAs   Standing `json:"carried_as"`
	// Ties are calls, projects and decisions that fulfil it.
	Ties []ref.Ref `json:"ties"`
	// ArticleID and ProposalID are from which it grew, 0 where it did not.
	ArticleID  ref.ID `json:"article_id"`
	ProposalID ref.ID `json:"proposal_id"`
	Sample     bool   `json:"sample"`
}

// Ref names the item to other rooms.
func (i Item) Ref() ref.Ref {
	return ref.Ref{Kind: KindItem, ID: i.ID, Title: i.Text, Path: "/resolutions/" + i.DocumentID.String() + "/items/" + i.ID.String()}
}

// Root is the document.
func (i Item) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: i.DocumentID} }

// JournalVersion is the version of the row.
func (i Item) JournalVersion() int64 { return i.Version }

// Public tells that items are open to all.
func (i Item) Public() bool { return true }

// Promised is the kind of the obligation of an accepted item.
const Promised = "resolutions.item"

// Standing is how an item stands on a day, as reports tell it.
type Standing string

// The standings.
const (
	NoOwner    Standing = "no_owner"   // nobody is asked
	Waiting    Standing = "waiting"    // the owner may still answer
	Unanswered Standing = "unanswered" // the owner did not answer in the term
	Declined   Standing = "declined"
	Running    Standing = "running"
	Kept       Standing = "kept"
	KeptLate   Standing = "kept_late"
	Late       Standing = "late"   // the term has passed, the owner has answered
	Silent     Standing = "silent" // the term has passed without a word
	Disputed   Standing = "disputed"
	Released   Standing = "released"
)

// Standings lists the standings in the order in which reports show them.
var Standings = []Standing{Kept, KeptLate, Running, Late, Silent, Unanswered, Disputed, Declined, Waiting, NoOwner, Released}

// Tone is how a standing is coloured.
func (s Standing) Tone() string {
	switch s {
	case Kept:
		return "good"
	case Late, Silent, Unanswered, Disputed:
		return "late"
	case Waiting, Running, KeptLate:
		return "wait"
	}
	return "quiet"
}

// Standing is how i stands on a day. owed is its obligation, nil where it has none.
func (i Item) Standing(owed *obligations.Obligation, today db.Date) Standing {
	switch {
	case i.Stage == ItemCarried:
		return i.CarriedAs
	case i.Stage == ItemAdopted:
		return NoOwner
	case i.Stage == ItemDeclined:
		return Declined
	case owed != nil:
		return standings[owed.State(today)]
	case !i.AnswerBy.IsZero() && today.After(i.AnswerBy):
		return Unanswered
	}
	return Waiting
}

// standings say how an item stands by the state of its obligation.
var standings = map[obligations.State]Standing{
	obligations.StateOpen: Running, obligations.StateExtended: Running, obligations.StateKept: Kept, obligations.StateKeptLate: KeptLate,
	obligations.StateLate: Late, obligations.StateSilent: Silent, obligations.StateDisputed: Disputed, obligations.StateReleased: Released,
	obligations.StateCarried: Released,
}

// Open tells that the item still waits to be done, so it can be carried.
func (s Standing) Open() bool {
	return slices.Contains([]Standing{NoOwner, Waiting, Unanswered, Running, Late, Silent, Disputed, Declined}, s)
}

// mayOwn: those who speak or work for the owner.
func (i Item) mayOwn(by access.Actor) (access.Actor, error) {
	switch {
	case by.IsPortal():
		return by, nil
	case by.LeadsOrg(i.OwnerID):
		return by.As(access.Lead, i.OwnerID), nil
	case by.WorksFor(i.OwnerID):
		return by.As(access.Staff, i.OwnerID), nil
	case i.OwnerID != 0 && slices.Contains(by.Scopes(access.Officer), i.OwnerID):
		return by.As(access.Officer, i.OwnerID), nil
	}
	return by, problem.New(problem.Forbidden, "resolutions.only_owner")
}

// mayJudge: who proposed the item. Where nobody is known to have, who keeps the
// document judges for the forum, unless the proposer judged by a link; nobody judges
// what they did themselves.
func (i Item) mayJudge(by access.Actor, holder ref.ID, around []ref.ID) (access.Actor, error) {
	_, err := i.mayOwn(by)
	switch {
	case by.IsPortal():
		return by, nil
	case err == nil:
		return by, problem.New(problem.Forbidden, "resolutions.own_work")
	case by.SignedIn() && by.UserID == i.ProposerPerson:
		return by, nil
	case by.LeadsOrg(i.ProposerOrg):
		return by.As(access.Lead, i.ProposerOrg), nil
	case by.WorksFor(i.ProposerOrg):
		return by.As(access.Staff, i.ProposerOrg), nil
	case i.ProposerOrg == 0 && i.ProposerPerson == 0 && i.Noted:
		return by, problem.New(problem.Forbidden, "resolutions.own_work")
	case i.ProposerOrg == 0 && i.ProposerPerson == 0 && !i.JudgedByLink:
		return mayKeep(by, holder, around)
	}
	return by, problem.New(problem.Forbidden, "resolutions.only_proposer")
}

// Ask is what the keeper of a document asks of an owner.
type Ask struct {
	OwnerID  ref.ID
	Due      db.Date // none when the owner is to name it
	Measure  i18n.Text
	AnswerBy db.Date
	Theme    string
}

// assign asks an owner, or another one after the first declined or did not answer.
func (i *Item) assign(a Ask, today db.Date) error {
	if !slices.Contains([]ItemStage{ItemAdopted, ItemAssigned, ItemDeclined}, i.Stage) {
		return problem.New(problem.Conflict, "resolutions.item.accepted_already")
	}
	a.Measure = a.Measure.Trim()
	var bad problem.Fields
	bad.Reject(a.OwnerID == 0, "owner", "resolutions.item.owner_missing")
	bad.Reject(!a.Due.IsZero() && !a.Due.After(today), "due", "resolutions.past_day")
	bad.Reject(a.Measure.IsZero(), "measure", "form.required")
	bad.Reject(a.AnswerBy.IsZero(), "answer_by", "form.required")
	bad.Reject(!a.AnswerBy.IsZero() && !a.AnswerBy.After(today), "answer_by", "resolutions.past_day")
	tooLong(&bad, "measure", a.Measure, longestText)
	if err := bad.Err(); err != nil {
		return err
	}
	i.OwnerID, i.Due, i.Measure, i.AnswerBy, i.Theme, i.Stage = a.OwnerID, a.Due, a.Measure, a.AnswerBy, a.Theme, ItemAssigned
	i.AnsweredOn, i.Answer, i.ByLink, i.Noted = db.Date{}, i18n.Text{}, false, false
	return nil
}

// Reply is the owner's word on what is asked.
type Reply struct {
	Accept bool
	Due    db.Date // by when it will be done
	Text   i18n.Text
}

// reply accepts the item with a date, or declines it with reasons.
func (i *Item) reply(r Reply, today db.Date) error {
	if i.Stage != ItemAssigned {
		return problem.New(problem.Conflict, "resolutions.item.answered_already")
	}
	r.Text = r.Text.Trim()
	if r.Due.IsZero() {
		r.Due = i.Due
	}
	var bad problem.Fields
	bad.Reject(!r.Accept && r.Text.IsZero(), "text", "resolutions.reasons_missing")
	bad.Reject(r.Accept && r.Due.IsZero(), "due", "form.required")
	bad.Reject(r.Accept && !r.Due.IsZero() && !r.Due.After(today), "due", "resolutions.past_day")
	tooLong(&bad, "text", r.Text, longestText)
	if err := bad.Err(); err != nil {
		return err
	}
	i.AnsweredOn, i.Answer, i.Stage = today, r.Text, ItemDeclined
	if r.Accept {
		i.Due, i.Stage = r.Due, ItemAccepted
	}
	return nil
}

// begin says how the work stands.
func (i *Item) begin(progress i18n.Text, today db.Date) error {
	if i.Stage != ItemAccepted && i.Stage != ItemInWork {
		return problem.New(problem.Conflict, "resolutions.item.not_accepted")
	}
	progress = progress.Trim()
	var bad problem.Fields
	bad.Reject(progress.IsZero(), "progress", "form.required")
	tooLong(&bad, "progress", progress, longestText)
	if err := bad.Err(); err != nil {
		return err
	}
	i.Stage, i.Progress, i.ProgressOn = ItemInWork, progress, today
	return nil
}

// finish says that the item is done, with proof. After a dispute it can be said
// again.
func (i *Item) finish(proof i18n.Text, link string, disputed bool, today db.Date) error {
	if i.Stage != ItemAccepted && i.Stage != ItemInWork && !(disputed && (i.Stage == ItemDone || i.Stage == ItemConfirmed)) {
		return problem.New(problem.Conflict, "resolutions.item.not_accepted")
	}
	proof = proof.Trim()
	var bad problem.Fields
	bad.Reject(proof.IsZero(), "proof", "resolutions.item.proof_missing")
	bad.Reject(link != "" && !isWebAddress(link), "proof_link", "resolutions.item.link_wrong")
	tooLong(&bad, "proof", proof, longestText)
	if err := bad.Err(); err != nil {
		return err
	}
	i.Stage, i.Proof, i.ProofLink, i.DoneOn = ItemDone, proof, link, today
	i.JudgedOn, i.Judgement, i.JudgedByLink = db.Date{}, i18n.Text{}, false
	return nil
}

func isWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && len(s) <= 500
}

// judge confirms that the item is done, or disputes it with reasons.
func (i *Item) judge(confirm bool, why i18n.Text, today db.Date) error {
	if i.Stage != ItemDone {
		return problem.New(problem.Conflict, "resolutions.item.not_done")
	}
	why = why.Trim()
	var bad problem.Fields
	bad.Reject(!confirm && why.IsZero(), "why", "resolutions.reasons_missing")
	tooLong(&bad, "why", why, longestText)
	if err := bad.Err(); err != nil {
		return err
	}
	if confirm {
		i.Stage = ItemConfirmed
	}
	i.JudgedOn, i.Judgement = today, why
	return nil
}

// carry makes the item that takes the place of i in the next document.
func (i *Item) carry(into Document, as Standing) (Item, error) {
	switch {
	case i.Stage == ItemCarried || !as.Open():
		return Item{}, problem.New(problem.Conflict, "resolutions.item.not_to_carry")
	case into.PreviousID != i.DocumentID:
		return Item{}, problem.New(problem.Conflict, "resolutions.item.not_next")
	}
	i.Stage, i.CarriedAs = ItemCarried, as
	next := Item{Version: 1, DocumentID: into.ID, Text: i.Text, Theme: i.Theme, Measure: i.Measure, ProposerOrg: i.ProposerOrg, ProposerPerson: i.ProposerPerson, ProposerGuest: i.ProposerGuest,
		Stage: ItemAdopted, CarriedFrom: i.ID, Ties: []ref.Ref{}, Sample: into.Sample}
	return next, nil
}

// mostTies is how many things one item is tied to at most.
const mostTies = 20

// tie says that another thing fulfils the item; said again it is taken back.
func (i *Item) tie(r ref.Ref) error {
	at := slices.IndexFunc(i.Ties, func(t ref.Ref) bool { return t.Key() == r.Key() })
	if at >= 0 {
		i.Ties = slices.Delete(slices.Clone(i.Ties), at, at+1)
		return nil
	}
	if len(i.Ties) >= mostTies {
		return problem.New(problem.Conflict, "resolutions.item.many_ties", "most", mostTies)
	}
	i.Ties = append(slices.Clone(i.Ties), r)
	return nil
}

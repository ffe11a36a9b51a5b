package resolutions

import (
	"context"
	"time"

	"birge/internal/forums"
	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Deps is what the room needs of the rooms below it, and what the app tells it of
// those above.
type Deps struct {
	Zone        *time.Location
	Places      *places.Service
	Norms       *norms.Service
	Obligations *obligations.Service
	Forums      *forums.Service
	Panels      *panels.Service
	// Tell writes a letter to the registered address of a body, in the transaction
	// of what it tells. Without it nobody is written to.
	Tell func(ctx context.Context, tx *db.Tx, l Letter) error
	// Post writes a letter to somebody who has no account, in the transaction of what it
	// tells. Without it nobody is written to.
	Post func(ctx context.Context, tx *db.Tx, l GuestLetter) error
	// Find gives the thing at an address without language that may fulfil an item: a
	// call, a project, a decision. Without it nothing is tied.
	Find func(ctx context.Context, path string) (ref.Ref, bool, error)
}

// Service keeps documents, items and proposals.
type Service struct {
	db *db.DB
	Deps
}

// New makes the service.
func New(d *db.DB, deps Deps) *Service { return &Service{db: d, Deps: deps} }

// Today is the day it is on the portal.
func (s *Service) Today() db.Date { return db.DateOf(s.db.Now().In(s.Zone)) }

func (s *Service) today(tx *db.Tx) db.Date { return db.DateOf(tx.Now().In(s.Zone)) }

func (s *Service) around(d Document) []ref.ID {
	if d.PlaceID == 0 {
		return nil
	}
	return s.Places.Tree().Path(d.PlaceID)
}

func (s *Service) mayKeep(by access.Actor, d Document) (access.Actor, error) {
	return mayKeep(by, d.HolderID, s.around(d))
}

// MayBegin tells whether the actor can begin a document at all.
func MayBegin(by access.Actor) bool { return by.HasAny(access.Officer) || by.HasAny(access.Lead) }

// Begin begins a document that takes proposals.
func (s *Service) Begin(ctx context.Context, by access.Actor, n NewDocument) (d Document, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		n.Title, n.About = n.Title.Trim(), n.About.Trim()
		as, err := mayKeep(by, n.HolderID, s.Places.Tree().Path(n.PlaceID))
		if err != nil {
			return err
		}
		if err := n.check(); err != nil {
			return err
		}
		if err := s.known(ctx, tx, by, n); err != nil {
			return err
		}
		d = Document{ID: tx.NewID(), Version: 1, Kind: n.Kind, Title: n.Title, About: n.About, PlaceID: n.PlaceID, HolderID: n.HolderID, ForumID: n.ForumID,
			PreviousID: n.PreviousID, TargetID: n.TargetID, Stage: Gathering, Outcomes: noTexts(), Sample: n.Sample}
		if err := insertDocument(ctx, tx, d); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "resolutions.begin", nil, d)
	})
	return d, err
}

// known judges that what a new document names is there.
func (s *Service) known(ctx context.Context, tx *db.Tx, by access.Actor, n NewDocument) error {
	var bad problem.Fields
	_, ok := s.Places.Tree().Place(n.PlaceID)
	bad.Reject(!ok, "place", "form.unknown_choice")
	if n.HolderID != 0 {
		there, err := orgs.Refs(ctx, tx, []ref.ID{n.HolderID})
		if err != nil {
			return err
		}
		bad.Reject(there[n.HolderID].IsZero(), "holder", "form.unknown_choice")
	}
	if n.ForumID != 0 {
		there, err := forums.ByIDs(ctx, tx, []ref.ID{n.ForumID})
		if err != nil {
			return err
		}
		f, ok := there[n.ForumID]
		bad.Reject(!ok || !s.Forums.MayKeep(by, f), "forum", "form.unknown_choice")
	}
	for field, id := range map[string]ref.ID{"previous": n.PreviousID, "target": n.TargetID} {
		if id == 0 {
			continue
		}
		_, err := documentByID(ctx, tx, id)
		if err != nil && !problem.Is(err, problem.NotFound) {
			return err
		}
		bad.Reject(err != nil, field, "form.unknown_choice")
	}
	return bad.Err()
}

// change applies one rule to an item, stores it and records it.
func change(ctx context.Context, tx *db.Tx, by access.Actor, i Item, act string, rule func(*Item) error) (Item, error) {
	before := i
	if err := rule(&i); err != nil {
		return i, err
	}
	if err := updateItem(ctx, tx, i); err != nil {
		return i, err
	}
	i.Version++
	return i, journal.Record(ctx, tx, by, act, before, i)
}

// Row is an item with what a page tells of it.
type Row struct {
	Item
	Owed     *obligations.Obligation // nil while nothing is promised
	Standing Standing
}

// Story is a document with all that its page tells.
type Story struct {
	Document
	Rows      []Row
	Proposals []Proposal
	Forum     ref.Ref    // zero where there is none that everybody may see
	Packages  []Sent     // what regions propose to this document
	After     []Document // the documents that come next, and packages for this one
	Previous  Document   // zero where there is none
	Target    Document
	Names     map[ref.ID]ref.Ref // organizations by id
	Past      []journal.Entry
	Today     db.Date
	May       May
}

// Sent is a package of proposals to a document, with how its proposals stand.
type Sent struct {
	Document
	Total Tally
}

// May is what the reader may do.
type May struct{ Keep bool }

// mostPast is how many entries of the journal a page tells.
const mostPast = 30

// Story reads a document for its page.
func (s *Service) Story(ctx context.Context, by access.Actor, id ref.ID) (y Story, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if y.Document, err = documentByID(ctx, tx, id); err != nil {
			return err
		}
		y.Today = s.today(tx)
		if y.Rows, err = s.rows(ctx, tx, y.Document); err != nil {
			return err
		}
		if y.Proposals, err = proposalsOf(ctx, tx, id); err != nil {
			return err
		}
		if err := y.near(ctx, tx); err != nil {
			return err
		}
		for n := range y.Packages {
			rows, err := s.rows(ctx, tx, y.Packages[n].Document)
			if err != nil {
				return err
			}
			y.Packages[n].Total, _, _ = reportOn(rows)
		}
		if y.Past, err = journal.Timeline(ctx, tx, y.Document.Ref(), 0, mostPast, true); err != nil {
			return err
		}
		y.Names, err = orgs.Refs(ctx, tx, y.named())
		return err
	})
	_, refused := s.mayKeep(by, y.Document)
	y.May.Keep = refused == nil && by.SignedIn()
	return y, err
}

// near reads the forum, and the documents before and after.
func (y *Story) near(ctx context.Context, tx *db.Tx) (err error) {
	if y.ForumID != 0 {
		there, err := forums.ByIDs(ctx, tx, []ref.ID{y.ForumID})
		if err != nil {
			return err
		}
		if f := there[y.ForumID]; f.Public() {
			y.Forum = f.Ref()
		}
	}
	after, err := documentsAfter(ctx, tx, y.ID)
	if err != nil {
		return err
	}
	for _, d := range after {
		if d.TargetID == y.ID {
			y.Packages = append(y.Packages, Sent{Document: d})
		} else {
			y.After = append(y.After, d)
		}
	}
	for id, into := range map[ref.ID]*Document{y.PreviousID: &y.Previous, y.TargetID: &y.Target} {
		if id == 0 {
			continue
		}
		if *into, err = documentByID(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// named lists the organizations that the page names.
func (y Story) named() (ids []ref.ID) {
	add := func(id ref.ID) {
		if id != 0 {
			ids = append(ids, id)
		}
	}
	add(y.HolderID)
	for _, r := range y.Rows {
		add(r.OwnerID)
		add(r.ProposerOrg)
	}
	for _, p := range y.Proposals {
		add(p.ByOrg)
	}
	return ids
}

// rows are the items of a document with their obligations.
func (s *Service) rows(ctx context.Context, tx *db.Tx, d Document) ([]Row, error) {
	items, err := itemsOf(ctx, tx, d.ID)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	owed, err := s.Obligations.Of(ctx, tx, d.Ref())
	if err != nil {
		return nil, err
	}
	of := map[ref.ID]*obligations.Obligation{}
	for n, o := range owed {
		if o.Kind == Promised {
			of[o.Thing.ID] = &owed[n]
		}
	}
	today := s.today(tx)
	out := make([]Row, len(items))
	for n, i := range items {
		out[n] = Row{i, of[i.ID], i.Standing(of[i.ID], today)}
	}
	return out, nil
}

// Line is one row of the list of documents.
type Line struct {
	Document
	Items, Proposals int64
}

// List gives one page of the documents, the newest first.
func (s *Service) List(ctx context.Context, limit, offset int) (out []Line, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err := documents(ctx, tx, limit, offset)
		if err != nil {
			return err
		}
		out, err = lines(ctx, tx, list)
		return err
	})
	return out, err
}

// OfForum lists the documents of a forum.
func (s *Service) OfForum(ctx context.Context, forum ref.ID) (out []Line, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err := documentsOfForum(ctx, tx, forum)
		if err != nil {
			return err
		}
		out, err = lines(ctx, tx, list)
		return err
	})
	return out, err
}

func lines(ctx context.Context, tx *db.Tx, list []Document) ([]Line, error) {
	ids := make([]ref.ID, len(list))
	for n, d := range list {
		ids[n] = d.ID
	}
	items, err := countsOf(ctx, tx, ids, `SELECT resolution_id, count(*) FROM resolution_items WHERE resolution_id IN %s GROUP BY resolution_id`)
	if err != nil {
		return nil, err
	}
	proposals, err := countsOf(ctx, tx, ids, `SELECT resolution_id, count(*) FROM resolution_proposals WHERE resolution_id IN %s
		AND merged_into IS NULL AND withdrawn_on IS NULL GROUP BY resolution_id`)
	out := make([]Line, len(list))
	for n, d := range list {
		out[n] = Line{d, items[d.ID], proposals[d.ID]}
	}
	return out, err
}

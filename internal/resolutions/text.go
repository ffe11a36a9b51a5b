package resolutions

import (
	"cmp"
	"context"
	"slices"

	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Frame is a document with what the pages of its text share.
type Frame struct {
	Document
	Undecided int64            // amendments that wait for a decision
	Amended   int64            // amendments in all
	Meetings  []panels.Meeting // on whose agenda something can be put
	Today     db.Date
	May       FrameMay
}

// FrameMay is what the reader may do with the text.
type FrameMay struct {
	Draft, Keep bool
	// Speak tells that comments and amendments are taken today.
	Speak bool
}

func (s *Service) frame(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (f Frame, err error) {
	if f.Document, err = documentByID(ctx, tx, id); err != nil {
		return f, err
	}
	f.Today = s.today(tx)
	counts := func(r db.Row) (n [2]int64, err error) {
		err = r.Scan(&n[0], &n[1])
		return n, err
	}
	n, err := db.One(ctx, tx, counts, `SELECT count(*), coalesce(sum(CASE WHEN outcome = '' THEN 1 ELSE 0 END), 0) FROM resolution_amendments WHERE resolution_id = $1`, id)
	f.Amended, f.Undecided = n[0], n[1]
	_, drafts := mayDraft(by, f.HolderID, s.around(f.Document))
	_, keeps := s.mayKeep(by, f.Document)
	f.May = FrameMay{Draft: drafts == nil && by.SignedIn(), Keep: keeps == nil && by.SignedIn(), Speak: f.Stage == Discussed && !f.Today.After(f.AmendUntil)}
	if err != nil || !f.May.Keep || f.BodyID == 0 || f.Stage != Discussed {
		return f, err
	}
	coming, err := s.Panels.ComingIn(ctx, tx, f.HolderID)
	f.Meetings = slices.DeleteFunc(coming, func(m panels.Meeting) bool { return m.BodyID != f.BodyID })
	return f, err
}

// Text is the text of a document in one edition, one page of it.
type Text struct {
	Frame
	Shown   int64 // the edition that is shown; 0 while it is drafted
	Clauses []Clause
	All     int // clauses of the edition
	Names   map[ref.ID]ref.Ref
	Vote    Vote // on the whole document
}

// Clause is an article as an edition has it.
type Clause struct {
	Article
	Number int // 0 for what this edition deleted
	// Was is what it said before, where this edition changed it; New tells that it
	// brought it.
	Was                  i18n.Text
	Changed, New         bool
	Comments, Amendments int64
}

// Text reads a page of the text of a document in an edition; 0 is the last one.
func (s *Service) Text(ctx context.Context, by access.Actor, id ref.ID, edition int64, limit, offset int) (t Text, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		t = Text{}
		if t.Frame, err = s.frame(ctx, tx, by, id); err != nil {
			return err
		}
		if t.Shown = cmp.Or(edition, t.Edition); t.Shown > t.Edition || t.Shown < 0 {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		all, err := t.clauses(ctx, tx)
		if err != nil {
			return err
		}
		t.All = len(all)
		t.Clauses = all[min(offset, t.All):min(offset+limit, t.All)]
		if err := t.fill(ctx, tx); err != nil {
			return err
		}
		if err := t.near(ctx, tx); err != nil {
			return err
		}
		t.Vote, err = s.voteOn(ctx, tx, t.Document.Ref())
		return err
	})
	return t, err
}

// clauses are the articles of the edition, and those that it deleted.
func (t *Text) clauses(ctx context.Context, tx *db.Tx) (out []Clause, err error) {
	list, err := outline(ctx, tx, t.ID)
	if err != nil {
		return nil, err
	}
	if t.Shown != t.Edition {
		if list, err = asOf(ctx, tx, t.ID, t.Shown, list); err != nil {
			return nil, err
		}
	}
	no := numbers(list)
	for _, a := range list {
		changed := t.Shown > 1 && a.Since == t.Shown
		if !a.Deleted || changed {
			out = append(out, Clause{Article: a, Number: no[a.ID], Changed: changed})
		}
	}
	return out, nil
}

// fill reads the articles of the page whole; an older edition keeps its texts.
func (t *Text) fill(ctx context.Context, tx *db.Tx) error {
	var ids []ref.ID
	for _, c := range t.Clauses {
		ids = append(ids, c.ID)
	}
	at, err := articlesIn(ctx, tx, ids)
	for n := range t.Clauses {
		c := &t.Clauses[n]
		a := at[c.ID]
		if t.Shown != t.Edition {
			a.Text, a.Deleted, a.Since = c.Text, c.Deleted, c.Since
		}
		c.Article = a
	}
	return err
}

// articlesIn reads articles by id.
func articlesIn(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]Article, error) {
	out := map[ref.ID]Article{}
	if len(ids) == 0 {
		return out, nil
	}
	return out, db.Each(ctx, tx, scanArticle, func(a Article) error {
		out[a.ID] = a
		return nil
	}, `SELECT `+articleColumns+` FROM resolution_articles WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

// asOf puts articles back to an edition.
func asOf(ctx context.Context, tx *db.Tx, document ref.ID, edition int64, list []Article) (out []Article, err error) {
	said, err := editionOf(ctx, tx, document, edition)
	for _, a := range list {
		if x, ok := said[a.ID]; ok {
			a.Text, a.Deleted, a.Since = x.Text, x.Deleted, x.Edition
			out = append(out, a)
		}
	}
	return out, err
}

// near reads what stands beside the clauses of the page.
func (t *Text) near(ctx context.Context, tx *db.Tx) error {
	var ids, bodies []ref.ID
	for _, c := range t.Clauses {
		ids, bodies = append(ids, c.ID), append(bodies, named(c.OwnerID)...)
	}
	comments, err := countsOf(ctx, tx, ids, `SELECT article_id, count(*) FROM resolution_comments WHERE article_id IN %s AND removed_on IS NULL GROUP BY article_id`)
	if err != nil {
		return err
	}
	amendments, err := countsOf(ctx, tx, ids, `SELECT article_id, count(*) FROM resolution_amendments WHERE article_id IN %s AND outcome = '' GROUP BY article_id`)
	if err != nil {
		return err
	}
	for n := range t.Clauses {
		c := &t.Clauses[n]
		c.Comments, c.Amendments = comments[c.ID], amendments[c.ID]
		if !c.Changed {
			continue
		}
		was, ok, err := textAt(ctx, tx, c.ID, t.Shown-1)
		if err != nil {
			return err
		}
		c.Was, c.New = was.Text, !ok
	}
	t.Names, err = orgs.Refs(ctx, tx, bodies)
	return err
}

// ArticleStory is an article with all that its page tells.
type ArticleStory struct {
	Frame
	Article    Article
	Number     int    // 0 when it was deleted
	Said       []Said // what it said, the newest first
	Amendments []Amendment
	Comments   []Comment
	Own        map[ref.ID]bool // the reader's own comments
	Proposal   Proposal        // from which it grew, zero where it did not
	Names      map[ref.ID]ref.Ref
}

// ArticleStory reads an article for its page; with 0 the comments on the whole
// document.
func (s *Service) ArticleStory(ctx context.Context, by access.Actor, document, id ref.ID) (y ArticleStory, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		y = ArticleStory{Own: map[ref.ID]bool{}}
		if y.Frame, err = s.frame(ctx, tx, by, document); err != nil {
			return err
		}
		if y.Article, err = partOf(ctx, tx, y.Document, id); err != nil {
			return err
		}
		if y.Number, err = numberOf(ctx, tx, document, id); err != nil {
			return err
		}
		if y.Comments, err = commentsOn(ctx, tx, document, id); err != nil {
			return err
		}
		for _, c := range y.Comments {
			y.Own[c.ID] = c.made(by)
		}
		return y.read(ctx, tx)
	})
	return y, err
}

// read reads what is told of the article.
func (y *ArticleStory) read(ctx context.Context, tx *db.Tx) (err error) {
	ids := named(y.Article.OwnerID)
	if y.Article.ID != 0 {
		if y.Said, err = textsOf(ctx, tx, y.Article.ID); err != nil {
			return err
		}
		if y.Amendments, err = amendmentsOn(ctx, tx, y.Article.ID); err != nil {
			return err
		}
	}
	if y.Article.ProposalID != 0 {
		if y.Proposal, err = proposalByID(ctx, tx, y.Article.ProposalID); err != nil {
			return err
		}
	}
	for _, a := range y.Amendments {
		ids = append(ids, named(a.ByOrg)...)
	}
	for _, c := range y.Comments {
		ids = append(ids, named(c.ByOrg)...)
	}
	y.Names, err = orgs.Refs(ctx, tx, ids)
	return err
}

// numberOf is the number of an article among those that are not deleted, 0 for one
// that is, or for none.
func numberOf(ctx context.Context, tx *db.Tx, document, id ref.ID) (int, error) {
	no, err := numbersIn(ctx, tx, document)
	return no[id], err
}

// numbersIn numbers the articles of a document without reading their texts.
func numbersIn(ctx context.Context, tx *db.Tx, document ref.ID) (map[ref.ID]int, error) {
	list, err := outline(ctx, tx, document)
	return numbers(list), err
}

// outline gives the articles of a document in their order, without their texts.
func outline(ctx context.Context, tx *db.Tx, document ref.ID) ([]Article, error) {
	list, err := db.All(ctx, tx, func(r db.Row) (a Article, err error) {
		err = r.Scan(&a.ID, &a.Place, &a.Since, &a.Deleted)
		return a, err
	}, `SELECT id, place, since, deleted FROM resolution_articles WHERE resolution_id = $1`, document)
	return inOrder(list), err
}

// AmendmentLine is an amendment in the list.
type AmendmentLine struct {
	Amendment
	At     Article // zero for what is added at the beginning
	Number int     // of the article, 0 when it was deleted
}

// AmendmentList is one page of the amendments to a document.
type AmendmentList struct {
	Frame
	Lines []AmendmentLine
	All   int
	Names map[ref.ID]ref.Ref
}

// Amendments lists amendments to a document by number: the open ones, or all.
func (s *Service) Amendments(ctx context.Context, by access.Actor, document ref.ID, open bool, limit, offset int) (l AmendmentList, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		l = AmendmentList{}
		if l.Frame, err = s.frame(ctx, tx, by, document); err != nil {
			return err
		}
		l.All = int(l.Amended)
		which := ``
		if open {
			l.All, which = int(l.Undecided), ` AND outcome = ''`
		}
		list, err := db.All(ctx, tx, scanAmendment, `SELECT `+amendmentColumns+` FROM resolution_amendments WHERE resolution_id = $1`+which+` ORDER BY no LIMIT $2 OFFSET $3`, document, limit, offset)
		if err != nil {
			return err
		}
		return l.fill(ctx, tx, list)
	})
	return l, err
}

// fill finds the articles and the authors of amendments.
func (l *AmendmentList) fill(ctx context.Context, tx *db.Tx, list []Amendment) error {
	no, err := numbersIn(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	var ids, authors []ref.ID
	for _, a := range list {
		ids, authors = append(ids, named(a.ArticleID)...), append(authors, named(a.ByOrg)...)
	}
	at, err := articlesIn(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, a := range list {
		l.Lines = append(l.Lines, AmendmentLine{a, at[a.ArticleID], no[a.ArticleID]})
	}
	l.Names, err = orgs.Refs(ctx, tx, authors)
	return err
}

// AmendmentStory is an amendment with all that its page tells.
type AmendmentStory struct {
	Frame
	Line   AmendmentLine
	Before i18n.Text // what the author read
	Vote   Vote
	Own    bool
	Names  map[ref.ID]ref.Ref
	Past   []journal.Entry
}

// AmendmentStory reads an amendment for its page.
func (s *Service) AmendmentStory(ctx context.Context, by access.Actor, document, id ref.ID) (y AmendmentStory, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		y = AmendmentStory{}
		if y.Line.Amendment, err = amendmentByID(ctx, tx, id); err != nil {
			return err
		}
		if y.Line.DocumentID != document {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		if y.Frame, err = s.frame(ctx, tx, by, document); err != nil {
			return err
		}
		y.Own = y.Line.made(by)
		if y.Line.At, err = partOf(ctx, tx, y.Document, y.Line.ArticleID); err != nil {
			return err
		}
		if y.Line.Number, err = numberOf(ctx, tx, document, y.Line.ArticleID); err != nil {
			return err
		}
		if y.Line.Act != Add {
			was, _, err := textAt(ctx, tx, y.Line.ArticleID, y.Line.Base)
			if err != nil {
				return err
			}
			y.Before = was.Text
		}
		if y.Vote, err = s.voteOn(ctx, tx, y.Line.Amendment.Ref()); err != nil {
			return err
		}
		if y.Past, err = pastOf(ctx, tx, y.Document, y.Line.Amendment.Ref()); err != nil {
			return err
		}
		y.Names, err = orgs.Refs(ctx, tx, named(y.Line.ByOrg))
		return err
	})
	return y, err
}

// Waits tells that the amendment is on an agenda and not decided there.
func (y AmendmentStory) Waits() bool { return y.Vote.waits() }

// Decidable tells that the amendment can be decided now.
func (y AmendmentStory) Decidable() bool {
	return y.Stage == Discussed && y.Line.Amendment.Open() && !y.Vote.waits() && (y.Vote.Said || y.Line.Advice != "")
}

// Waits tells that the whole document is on an agenda and not decided there.
func (t Text) Waits() bool { return t.Vote.waits() }

// BodiesFor lists the bodies that may vote on a document.
func (s *Service) BodiesFor(ctx context.Context, document ref.ID) (out []panels.Body, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		d, err := documentByID(ctx, tx, document)
		if err != nil {
			return err
		}
		out, err = s.bodiesIn(ctx, tx, d)
		return err
	})
	return out, err
}

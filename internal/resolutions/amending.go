package resolutions

import (
	"context"
	"slices"

	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// discussed reads a document whose text is open for comments and amendments today.
func (s *Service) discussed(ctx context.Context, tx *db.Tx, id ref.ID) (Document, error) {
	d, err := documentByID(ctx, tx, id)
	switch {
	case err != nil:
		return d, err
	case d.Stage != Discussed:
		return d, problem.New(problem.Conflict, "resolutions.amend.not_open")
	case s.today(tx).After(d.AmendUntil):
		return d, problem.New(problem.Conflict, "resolutions.amend.over", "date", d.AmendUntil)
	}
	return d, nil
}

// partOf reads an article of a document; 0 is none.
func partOf(ctx context.Context, tx *db.Tx, d Document, article ref.ID) (a Article, err error) {
	if article == 0 {
		return a, nil
	}
	if a, err = articleByID(ctx, tx, article); err == nil && a.DocumentID != d.ID {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return a, err
}

// Amend proposes a change of an open text. Against an article that was deleted, or
// that says something else than the author read, it is refused with the reason.
func (s *Service) Amend(ctx context.Context, by access.Actor, document ref.ID, n NewAmendment) (a Amendment, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		as, err := mayPropose(by, n.ByOrg)
		if err != nil {
			return err
		}
		d, err := s.discussed(ctx, tx, document)
		if err != nil {
			return err
		}
		at, err := partOf(ctx, tx, d, n.ArticleID)
		if err != nil {
			return err
		}
		if err := n.check(at); err != nil {
			return err
		}
		no, err := s.nextNo(ctx, tx, d)
		if err != nil {
			return err
		}
		a = Amendment{ID: tx.NewID(), Version: 1, DocumentID: d.ID, No: no, ArticleID: n.ArticleID, Act: n.Act, Base: at.Since, Text: n.Text, Why: n.Why,
			ByOrg: n.ByOrg, ByPerson: by.UserID, MadeOn: s.today(tx), Sample: d.Sample}
		if err := insertAmendment(ctx, tx, a); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "resolutions.amend", nil, a)
	})
	return a, err
}

// nextNo takes the number of the next amendment. The row of the document is written,
// so that of two who write at once the second is tried again and none has its number.
func (s *Service) nextNo(ctx context.Context, tx *db.Tx, d Document) (int64, error) {
	if err := tx.ExecOne(ctx, `UPDATE resolutions SET amendments = amendments + 1 WHERE id = $1`, d.ID); err != nil {
		return 0, err
	}
	return db.One(ctx, tx, db.Value[int64], `SELECT amendments FROM resolutions WHERE id = $1`, d.ID)
}

// onAmendment runs an act on an open amendment of a document that is not adopted yet.
func (s *Service) onAmendment(ctx context.Context, id ref.ID, version int64, do func(tx *db.Tx, d Document, a Amendment) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := amendmentByID(ctx, tx, id)
		if err != nil {
			return err
		}
		d, err := documentByID(ctx, tx, a.DocumentID)
		if err != nil {
			return err
		}
		if version != 0 && version != a.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		return do(tx, d, a)
	})
}

// changeAmendment applies one rule to an amendment, stores it and records it.
func changeAmendment(ctx context.Context, tx *db.Tx, by access.Actor, a Amendment, act string, rule func(*Amendment) error) error {
	before := a
	if err := rule(&a); err != nil {
		return err
	}
	if err := updateAmendment(ctx, tx, a); err != nil {
		return err
	}
	a.Version++
	return journal.Record(ctx, tx, by, act, before, a)
}

// byAuthor judges that the actor made an amendment that can still be changed.
func (s *Service) byAuthor(ctx context.Context, tx *db.Tx, by access.Actor, d Document, a Amendment) error {
	if !a.made(by) {
		return problem.New(problem.Forbidden, "resolutions.amend.not_yours")
	}
	v, err := s.voteOn(ctx, tx, a.Ref())
	switch {
	case err != nil:
		return err
	case d.Stage != Discussed || !a.Open():
		return problem.New(problem.Conflict, "resolutions.amend.decided")
	case v.waits() || v.Said:
		return problem.New(problem.Conflict, "resolutions.amend.on_agenda")
	}
	return nil
}

// Renew writes an amendment anew, against the text as it stands now. What the drafting
// group recommended was about other words, and falls.
func (s *Service) Renew(ctx context.Context, by access.Actor, id ref.ID, version int64, n NewAmendment) error {
	return s.onAmendment(ctx, id, version, func(tx *db.Tx, d Document, a Amendment) error {
		if err := s.byAuthor(ctx, tx, by, d, a); err != nil {
			return err
		}
		at, err := partOf(ctx, tx, d, a.ArticleID)
		if err != nil {
			return err
		}
		n.ArticleID = a.ArticleID
		return changeAmendment(ctx, tx, by, a, "resolutions.amend.renew", func(a *Amendment) error {
			if err := n.check(at); err != nil {
				return err
			}
			a.Act, a.Text, a.Why, a.Base = n.Act, n.Text, n.Why, at.Since
			a.Advice, a.AdviceText, a.AdvisedOn = "", i18n.Text{}, db.Date{}
			return nil
		})
	})
}

// TakeBack withdraws an amendment.
func (s *Service) TakeBack(ctx context.Context, by access.Actor, id ref.ID) error {
	return s.onAmendment(ctx, id, 0, func(tx *db.Tx, d Document, a Amendment) error {
		if err := s.byAuthor(ctx, tx, by, d, a); err != nil {
			return err
		}
		return changeAmendment(ctx, tx, by, a, "resolutions.amend.withdraw", func(a *Amendment) error {
			a.Outcome, a.DecidedOn = TakenOff, s.today(tx)
			return nil
		})
	})
}

// Advise says what the drafting group recommends of an amendment.
func (s *Service) Advise(ctx context.Context, by access.Actor, id ref.ID, version int64, what Advice, why i18n.Text) error {
	return s.onAmendment(ctx, id, version, func(tx *db.Tx, d Document, a Amendment) error {
		as, err := mayDraft(by, d.HolderID, s.around(d))
		if err != nil {
			return err
		}
		return changeAmendment(ctx, tx, as, a, "resolutions.amend.advise", func(a *Amendment) error { return a.advise(what, why, s.today(tx)) })
	})
}

// verdict is how an amendment is decided: as the body voted, else as the drafting
// group recommends. It says why there is none yet.
func (s *Service) verdict(ctx context.Context, tx *db.Tx, a Amendment) (Outcome, error) {
	v, err := s.voteOn(ctx, tx, a.Ref())
	switch {
	case err != nil:
		return "", err
	case v.waits():
		return "", problem.New(problem.Conflict, "resolutions.amend.on_agenda")
	case v.Said && v.Outcome.Result == panels.Adopted, !v.Said && a.Advice == AdviseTake:
		return Taken, nil
	case v.Said, a.Advice == AdviseRefuse:
		return Refused, nil
	}
	return "", problem.New(problem.Conflict, "resolutions.amend.no_advice", "no", a.No)
}

// Decided says how many amendments were decided in one step, and which were left.
type Decided struct {
	Taken, Refused int
	Left           []int64 // numbers: without a recommendation, before a vote, or against a text that has changed
}

// Decide decides amendments as the body voted or as the drafting group recommends:
// those that are named, all or none of them; without names every one that can be
// decided. The adopted ones make the next edition of the text together.
func (s *Service) Decide(ctx context.Context, by access.Actor, document ref.ID, ids []ref.ID) (out Decided, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := documentByID(ctx, tx, document)
		if err != nil {
			return err
		}
		as, err := s.mayKeep(by, d)
		if err != nil {
			return err
		}
		if d.Stage != Discussed {
			return problem.New(problem.Conflict, "resolutions.not_at_this_stage")
		}
		r := reading{Service: s, as: as, d: d, all: len(ids) == 0, changed: map[ref.ID]bool{}}
		list, err := openAmendments(ctx, tx, document)
		if err != nil {
			return err
		}
		if !r.all {
			list = slices.DeleteFunc(list, func(a Amendment) bool { return !slices.Contains(ids, a.ID) })
			if len(list) != len(ids) {
				return problem.New(problem.Conflict, "resolutions.amend.decided")
			}
		}
		if err := r.read(ctx, tx, list); err != nil {
			return err
		}
		out = r.out
		return r.edition(ctx, tx)
	})
	return out, err
}

// reading is a text while amendments are read into it.
type reading struct {
	*Service
	as       access.Actor
	d        Document
	all      bool // what cannot be decided is left
	articles []Article
	changed  map[ref.ID]bool
	out      Decided
}

func (r *reading) read(ctx context.Context, tx *db.Tx, list []Amendment) (err error) {
	if r.articles, err = articlesOf(ctx, tx, r.d.ID); err != nil {
		return err
	}
	for _, a := range list {
		err := r.decide(ctx, tx, a)
		if r.all && problem.Is(err, problem.Conflict) {
			r.out.Left, err = append(r.out.Left, a.No), nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) decide(ctx context.Context, tx *db.Tx, a Amendment) error {
	is, err := r.verdict(ctx, tx, a)
	if err != nil {
		return err
	}
	if is == Refused {
		r.out.Refused++
	} else {
		if err := r.take(ctx, tx, a); err != nil {
			return err
		}
		r.out.Taken++
	}
	return changeAmendment(ctx, tx, r.as, a, "resolutions.amend."+string(is), func(a *Amendment) error {
		a.Outcome, a.DecidedOn = is, r.today(tx)
		if is == Taken {
			a.Edition = r.d.Edition + 1
		}
		return nil
	})
}

// take changes the text as an amendment says.
func (r *reading) take(ctx context.Context, tx *db.Tx, a Amendment) error {
	next := r.d.Edition + 1
	if a.Act == Add {
		place, ok := placeAfter(r.articles, a.ArticleID)
		if !ok {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		x := Article{ID: tx.NewID(), Version: 1, DocumentID: r.d.ID, Place: place, Text: a.Text, Since: next, Duty: Duty{Asks: r.d.Kind != Law}, Sample: r.d.Sample}
		if err := insertArticle(ctx, tx, x); err != nil {
			return err
		}
		r.articles, r.changed[x.ID] = inOrder(append(r.articles, x)), true
		return journal.Record(ctx, tx, r.as, "resolutions.article.write", nil, x)
	}
	n := slices.IndexFunc(r.articles, func(x Article) bool { return x.ID == a.ArticleID })
	if n < 0 || !a.Fits(r.articles[n]) {
		return problem.New(problem.Conflict, "resolutions.amend.stale", "no", a.No)
	}
	x, err := changeArticle(ctx, tx, r.as, r.articles[n], "resolutions.article.amend", func(x *Article) error {
		x.Since = next
		if a.Act == Delete {
			x.Deleted = true
		} else {
			x.Text = over(a.Text, x.Text)
		}
		return nil
	})
	r.articles[n], r.changed[x.ID] = x, true
	return err
}

// edition makes the next edition of a text that has changed.
func (r *reading) edition(ctx context.Context, tx *db.Tx) error {
	if len(r.changed) == 0 {
		return nil
	}
	before := r.d
	r.d.Edition++
	if err := r.saveDocument(ctx, tx, r.as, "resolutions.edition", before, &r.d); err != nil {
		return err
	}
	return keepText(ctx, tx, r.d.Edition, slices.DeleteFunc(r.articles, func(a Article) bool { return !r.changed[a.ID] })...)
}

// Say comments on an open text, or on one of its articles.
func (s *Service) Say(ctx context.Context, by access.Actor, document, article, org ref.ID, text i18n.Text) (c Comment, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		as, err := mayPropose(by, org)
		if err != nil {
			return err
		}
		d, err := s.discussed(ctx, tx, document)
		if err != nil {
			return err
		}
		if _, err := partOf(ctx, tx, d, article); err != nil {
			return err
		}
		text = text.Trim()
		var bad problem.Fields
		bad.Reject(text.IsZero(), "text", "form.required")
		tooLong(&bad, "text", text, longestProposal)
		if err := bad.Err(); err != nil {
			return err
		}
		c = Comment{ID: tx.NewID(), Version: 1, DocumentID: d.ID, ArticleID: article, Text: text, ByOrg: org, ByPerson: by.UserID, MadeOn: s.today(tx), Sample: d.Sample}
		if err := insertComment(ctx, tx, c); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "resolutions.comment", nil, c)
	})
	return c, err
}

// Unsay takes a comment off the page: its author without a reason, who keeps the
// document for one.
func (s *Service) Unsay(ctx context.Context, by access.Actor, id ref.ID, why i18n.Text) (c Comment, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if c, err = commentByID(ctx, tx, id); err != nil {
			return err
		}
		d, err := documentByID(ctx, tx, c.DocumentID)
		if err != nil {
			return err
		}
		as, why := by, why.Trim()
		if !c.made(by) {
			if as, err = s.mayKeep(by, d); err != nil {
				return err
			}
			if why.IsZero() {
				return (problem.Fields{"why": {Key: "resolutions.reasons_missing"}}).Err()
			}
		}
		if !c.RemovedOn.IsZero() {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		before := c
		c.RemovedOn, c.RemovedWhy = s.today(tx), why
		if err := updateComment(ctx, tx, c); err != nil {
			return err
		}
		c.Version++
		return journal.Record(ctx, tx, as, "resolutions.comment.remove", before, c)
	})
	return c, err
}

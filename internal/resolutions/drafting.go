package resolutions

import (
	"context"
	"slices"

	"birge/internal/norms"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// onDraft runs an act of the drafting group on a document, at some stages.
func (s *Service) onDraft(ctx context.Context, by access.Actor, document ref.ID, stages []Stage, do func(tx *db.Tx, as access.Actor, d Document) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := documentByID(ctx, tx, document)
		if err != nil {
			return err
		}
		as, err := mayDraft(by, d.HolderID, s.around(d))
		if err != nil {
			return err
		}
		if !slices.Contains(stages, d.Stage) {
			return problem.New(problem.Conflict, "resolutions.not_at_this_stage")
		}
		return do(tx, as, d)
	})
}

// Write adds articles to a draft, one behind the other.
func (s *Service) Write(ctx context.Context, by access.Actor, document ref.ID, list []NewArticle) (out []Article, err error) {
	err = s.onDraft(ctx, by, document, []Stage{Gathering}, func(tx *db.Tx, as access.Actor, d Document) error {
		out = nil
		there, err := articlesOf(ctx, tx, document)
		if err != nil {
			return err
		}
		if len(list) == 0 || len(there)+len(list) > mostArticles {
			return (problem.Fields{"text.kk": {Key: "resolutions.article.many", Args: []any{"most", mostArticles}}}).Err()
		}
		after := list[0].After
		if after == 0 && len(there) > 0 {
			after = there[len(there)-1].ID
		}
		for _, n := range list {
			n.After = after
			a, err := s.write(ctx, tx, as, d, there, n)
			if err != nil {
				return err
			}
			out, there, after = append(out, a), inOrder(append(there, a)), a.ID
		}
		return nil
	})
	return out, err
}

// write adds one article; there are those that stand already.
func (s *Service) write(ctx context.Context, tx *db.Tx, as access.Actor, d Document, there []Article, n NewArticle) (a Article, err error) {
	n.Title, n.Text = n.Title.Trim(), n.Text.Trim()
	if err := n.check(); err != nil {
		return a, err
	}
	place, ok := placeAfter(there, n.After)
	if !ok {
		return a, (problem.Fields{"after": {Key: "form.unknown_choice"}}).Err()
	}
	a = Article{ID: tx.NewID(), Version: 1, DocumentID: d.ID, Place: place, Title: n.Title, Text: n.Text, Duty: n.Duty, ProposalID: n.ProposalID, Sample: d.Sample}
	if n.ProposalID != 0 {
		p, err := proposalByID(ctx, tx, n.ProposalID)
		if err != nil {
			return a, err
		}
		if p.DocumentID != d.ID {
			return a, problem.New(problem.NotFound, "problem.not_found")
		}
	}
	if err := insertArticle(ctx, tx, a); err != nil {
		return a, err
	}
	return a, journal.Record(ctx, tx, as, "resolutions.article.write", nil, a)
}

// changeArticle applies one rule to an article, stores it and records it.
func changeArticle(ctx context.Context, tx *db.Tx, by access.Actor, a Article, act string, rule func(*Article) error) (Article, error) {
	before := a
	if err := rule(&a); err != nil {
		return a, err
	}
	if err := updateArticle(ctx, tx, a); err != nil {
		return a, err
	}
	a.Version++
	return a, journal.Record(ctx, tx, by, act, before, a)
}

// onArticle runs an act of the drafting group on an article.
func (s *Service) onArticle(ctx context.Context, by access.Actor, id ref.ID, version int64, stages []Stage, act string, rule func(tx *db.Tx, d Document, a *Article) error) error {
	var a Article
	if err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		a, err = articleByID(ctx, tx, id)
		return err
	}); err != nil {
		return err
	}
	return s.onDraft(ctx, by, a.DocumentID, stages, func(tx *db.Tx, as access.Actor, d Document) error {
		a, err := articleByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if version != 0 && version != a.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		_, err = changeArticle(ctx, tx, as, a, act, func(a *Article) error { return rule(tx, d, a) })
		return err
	})
}

// Rewrite changes an article of a draft that is not open yet; with strike it takes it
// out.
func (s *Service) Rewrite(ctx context.Context, by access.Actor, id ref.ID, version int64, title, text i18n.Text, strike bool) error {
	return s.onArticle(ctx, by, id, version, []Stage{Gathering}, "resolutions.article.rewrite", func(_ *db.Tx, _ Document, a *Article) error {
		n := NewArticle{Title: title.Trim(), Text: text.Trim()}
		if strike {
			a.Deleted = true
			return nil
		}
		a.Title, a.Text, a.Deleted = n.Title, n.Text, false
		return n.check()
	})
}

// SetDuty says what an article asks of whom. It is no part of the text, so it can be
// said until the document is adopted.
func (s *Service) SetDuty(ctx context.Context, by access.Actor, id ref.ID, version int64, n Duty) error {
	return s.onArticle(ctx, by, id, version, []Stage{Gathering, Discussed}, "resolutions.article.duty", func(tx *db.Tx, d Document, a *Article) error {
		n.Measure = n.Measure.Trim()
		body, err := bodyIn(ctx, tx, n.OwnerID)
		if err != nil {
			return err
		}
		var bad problem.Fields
		bad.Reject(n.Asks && d.Kind == Law, "asks", "resolutions.article.law_asks_nobody")
		bad.Reject(n.OwnerID != 0 && body.ID == 0, "owner", "form.unknown_choice")
		bad.Reject(!n.Due.IsZero() && !n.Due.After(s.today(tx)), "due", "resolutions.past_day")
		bad.Reject(n.Theme != "" && !s.Norms.Book().InUse(norms.Spheres, n.Theme), "theme", "form.unknown_choice")
		tooLong(&bad, "measure", n.Measure, longestText)
		a.Duty = n
		return bad.Err()
	})
}

// Opening is how a draft is laid open.
type Opening struct {
	Until  db.Date // the last day for comments and amendments
	BodyID ref.ID  // that votes, 0 where none does
}

// LayOpen lays the text of a draft open: from then on everybody may comment on it and
// amend it, and nobody rewrites it otherwise.
func (s *Service) LayOpen(ctx context.Context, by access.Actor, document ref.ID, o Opening) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := documentByID(ctx, tx, document)
		if err != nil {
			return err
		}
		as, err := s.mayKeep(by, d)
		if err != nil {
			return err
		}
		list, err := articlesOf(ctx, tx, document)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(a Article) bool { return a.Deleted })
		var bad problem.Fields
		bad.Reject(o.Until.IsZero(), "until", "form.required")
		bad.Reject(!o.Until.IsZero() && !o.Until.After(s.today(tx)), "until", "resolutions.past_day")
		ours, err := s.votes(ctx, tx, d, o.BodyID)
		bad.Reject(o.BodyID != 0 && !ours, "body", "form.unknown_choice")
		switch {
		case err != nil:
			return err
		case d.Stage != Gathering:
			return problem.New(problem.Conflict, "resolutions.not_at_this_stage")
		case len(list) == 0:
			return problem.New(problem.Conflict, "resolutions.open_empty")
		case bad != nil:
			return bad.Err()
		}
		before := d
		d.Stage, d.Edition, d.AmendUntil, d.BodyID = Discussed, 1, o.Until, o.BodyID
		if err := s.saveDocument(ctx, tx, as, "resolutions.open", before, &d); err != nil {
			return err
		}
		for _, a := range list {
			if _, err := changeArticle(ctx, tx, as, a, "resolutions.article.open", func(a *Article) error {
				a.Since = 1
				return nil
			}); err != nil {
				return err
			}
		}
		return keepText(ctx, tx, 1, list...)
	})
}

// saveDocument stores a changed document and records it.
func (s *Service) saveDocument(ctx context.Context, tx *db.Tx, as access.Actor, act string, before Document, d *Document) error {
	if err := updateDocument(ctx, tx, *d); err != nil {
		return err
	}
	d.Version++
	return journal.Record(ctx, tx, as, act, before, *d)
}

// votes tells that a body may vote on a document: one of the organization that holds
// it.
func (s *Service) votes(ctx context.Context, tx *db.Tx, d Document, body ref.ID) (bool, error) {
	list, err := s.bodiesIn(ctx, tx, d)
	return slices.ContainsFunc(list, func(b panels.Body) bool { return b.ID == body }), err
}

// bodiesIn lists the bodies that may vote on a document.
func (s *Service) bodiesIn(ctx context.Context, tx *db.Tx, d Document) ([]panels.Body, error) {
	if d.HolderID == 0 {
		return nil, nil
	}
	return s.Panels.BodiesIn(ctx, tx, d.HolderID)
}

// PutToVote puts an amendment, or with 0 the whole document, on the agenda of a
// meeting of the body that votes. by keeps the document and plans the meetings.
func (s *Service) PutToVote(ctx context.Context, by access.Actor, document, amendment, meeting ref.ID, title, motion i18n.Text) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := documentByID(ctx, tx, document)
		if err != nil {
			return err
		}
		if _, err := s.mayKeep(by, d); err != nil {
			return err
		}
		m, err := s.Panels.MeetingIn(ctx, tx, meeting)
		if err != nil {
			return err
		}
		subject := d.Ref()
		if amendment != 0 {
			a, err := amendmentByID(ctx, tx, amendment)
			if err != nil {
				return err
			}
			if a.DocumentID != d.ID || !a.Open() {
				return problem.New(problem.Conflict, "resolutions.amend.decided")
			}
			subject = a.Ref()
		}
		if d.Stage != Discussed || d.BodyID == 0 || m.BodyID != d.BodyID {
			return problem.New(problem.Conflict, "resolutions.not_at_this_stage")
		}
		_, err = s.Panels.AddItemIn(ctx, tx, by, meeting, panels.NewItem{Subject: subject, Title: title, Proposal: motion})
		return err
	})
}

// Vote is what a body said of an amendment or of a document.
type Vote struct {
	Agenda  []panels.Item // the newest first
	Outcome panels.Outcome
	Said    bool // there is an outcome
}

// waits tells that it is on an agenda and not decided.
func (v Vote) waits() bool {
	return !v.Said && len(v.Agenda) > 0 && v.Agenda[0].Result != panels.Withdrawn
}

func (s *Service) voteOn(ctx context.Context, tx *db.Tx, of ref.Ref) (v Vote, err error) {
	if v.Agenda, err = s.Panels.AgendaOf(ctx, tx, of); err != nil || len(v.Agenda) == 0 {
		return v, err
	}
	v.Outcome, v.Said, err = s.Panels.OutcomeOf(ctx, tx, of)
	return v, err
}

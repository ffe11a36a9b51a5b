package orgs

import (
	"context"
	"slices"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// CorrectionKind is the kind of the obligation to answer a correction.
const CorrectionKind = "orgs.correction"

// normReply is the norm of the term of an answer, in working days; correctionKeep
// how long it is known who asked, in days after the answer.
const (
	normReply      = "correction.reply"
	correctionKeep = 365
)

// Subjects are the parts of a page, by its kind, that somebody may say are wrong;
// the words are orgs.subject.….
var Subjects = map[string][]string{
	Kind:        {"name", "bin", "kind", "place", "dates", "head", "contacts", "spheres", "projects", "duplicate", "closed", "other"},
	kindProject: {"project_title", "project_place", "project_term", "project_money", "project_people", "project_events", "project_results", "project_files", "project_sides", "other"},
}

// kindProject is what the room of projects calls its pages.
const kindProject = "project"

// Page is a page that somebody may say is wrong.
type Page struct {
	ref.Ref
	// Keeper is the organization that keeps the page when somebody speaks for it;
	// else the place does.
	Keeper  ref.Ref
	PlaceID ref.ID
	Sample  bool
	// May tells that the actor answers what is said of the page.
	May bool
}

// Decision is the answer to a correction.
type Decision string

// The decisions.
const (
	Corrected Decision = "corrected"
	Declined  Decision = "declined"
)

// Correction is what somebody says is wrong on a page. Subject, decision and
// answer are public after the decision; what was written and who wrote it never are.
type Correction struct {
	ID         ref.ID    `json:"id"`
	Version    int64     `json:"version"`
	OrgID      ref.ID    `json:"org_id,omitzero"` // one of OrgID and ProjectID is set
	ProjectID  ref.ID    `json:"project_id,omitzero"`
	Subject    string    `json:"subject"`
	Body       string    `json:"-"`
	SenderID   ref.ID    `json:"-"`
	SenderMail string    `json:"-"`
	SentOn     db.Date   `json:"sent_on"`
	Decision   Decision  `json:"decision"`
	Answer     i18n.Text `json:"answer"`
	DecidedOn  db.Date   `json:"decided_on"`
}

// Ref names the correction to other rooms; it leads to the log of its page.
func (c Correction) Ref() ref.Ref {
	if c.ProjectID != 0 {
		return ref.Ref{Kind: "project_correction", ID: c.ID, Path: "/corrections/projects/" + c.ProjectID.String()}
	}
	return ref.Ref{Kind: "organization_correction", ID: c.ID, Path: "/corrections/organizations/" + c.OrgID.String()}
}

// Root is the page.
func (c Correction) Root() ref.Ref { return pageOf(c.OrgID, c.ProjectID) }

func pageOf(org, project ref.ID) ref.Ref {
	if project != 0 {
		return ref.Ref{Kind: kindProject, ID: project}
	}
	return ref.Ref{Kind: Kind, ID: org}
}

// JournalVersion is the version of the row.
func (c Correction) JournalVersion() int64 { return c.Version }

// Public tells that strangers see a correction after it was decided.
func (c Correction) Public() bool { return c.Decision != "" }

// NewCorrection is what anybody may send in.
type NewCorrection struct {
	OrgID, ProjectID ref.ID // of one of them
	Subject          string
	Body             string
	Mail             string // where the answer goes, "" for none
}

func (n NewCorrection) check() error {
	var bad problem.Fields
	bad.Reject(!slices.Contains(Subjects[pageOf(n.OrgID, n.ProjectID).Kind], n.Subject), "subject", "orgs.subject_unknown")
	bad.Reject(trimmed(n.Body) == "", "body", "orgs.body_missing")
	bad.Reject(len([]rune(n.Body)) > 3000, "body", "orgs.too_long", "max", 3000)
	bad.Reject(n.Mail != "" && !mailAddress(n.Mail), "mail", "orgs.mail_wrong")
	return bad.Err()
}

func (c *Correction) decide(d Decision, answer i18n.Text, today db.Date) error {
	var bad problem.Fields
	bad.Reject(d != Corrected && d != Declined, "decision", "orgs.decision_unknown")
	bad.Reject(answer.Trim().IsZero(), "answer", "orgs.answer_missing")
	switch {
	case c.Decision != "":
		return problem.New(problem.Conflict, "orgs.correction_decided")
	case bad != nil:
		return bad.Err()
	}
	c.Decision, c.Answer, c.DecidedOn = d, answer.Trim(), today
	return nil
}

// page finds a page as the actor may see it.
func (s *Service) page(ctx context.Context, tx *db.Tx, by access.Actor, at ref.Ref) (Page, error) {
	if at.Kind == kindProject && s.ProjectPage != nil {
		return s.ProjectPage(ctx, tx, by, at.ID)
	}
	o, err := byID(ctx, tx, at.ID)
	place, _ := s.PlaceOf(o.PlaceID)
	return Page{Ref: o.Ref(), Keeper: o.Ref(), PlaceID: o.PlaceID, Sample: o.Sample, May: MayEdit(by, o, place) == nil}, err
}

// AskCorrection sends in a correction. It becomes an obligation of whoever keeps
// the page: the organization when somebody speaks for it, else the place.
func (s *Service) AskCorrection(ctx context.Context, by access.Actor, n NewCorrection) (c Correction, err error) {
	if err := n.check(); err != nil {
		return c, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if n.OrgID != 0 {
			if _, err := living(ctx, tx, n.OrgID); err != nil {
				return err
			}
		}
		page, err := s.page(ctx, tx, by, pageOf(n.OrgID, n.ProjectID))
		if err != nil {
			return err
		}
		c = Correction{ID: tx.NewID(), Version: 1, OrgID: n.OrgID, ProjectID: n.ProjectID, Subject: n.Subject, Body: trimmed(n.Body),
			SenderID: by.UserID, SenderMail: trimmed(n.Mail), SentOn: s.today(tx)}
		if err := insertCorrection(ctx, tx, c); err != nil {
			return err
		}
		visitor := access.Portal("visitor") // no entry tells who asked
		if err := journal.Record(ctx, tx, visitor, "orgs.correction.ask", nil, c); err != nil {
			return err
		}
		return s.oweAnswer(ctx, tx, visitor, c, page)
	})
	return c, err
}

func (s *Service) oweAnswer(ctx context.Context, tx *db.Tx, by access.Actor, c Correction, page Page) error {
	keeper := page.Keeper
	speak, err := leads(ctx, tx, keeper.ID)
	if err != nil {
		return err
	}
	if len(speak) == 0 {
		place, _ := s.PlaceOf(page.PlaceID)
		keeper = place.Ref
	}
	_, err = s.Obligations.Owe(ctx, tx, by, obligations.Debt{
		Kind: CorrectionKind, WhatKey: "orgs.correction.owed", Ground: obligations.Promise,
		Thing: c.Ref(), Root: page.Ref, Owner: keeper, Proposer: c.SenderID, PlaceID: page.PlaceID,
		From: s.today(tx), WorkingDays: s.ReplyDays(), Sample: page.Sample,
	})
	return err
}

// ReplyDays is in how many working days a correction is answered, by the norm of
// today.
func (s *Service) ReplyDays() int { return s.days(normReply) }

// days is how many days a norm gives today.
func (s *Service) days(key string) int {
	n, _ := s.Norm(key, s.Today())
	return int(n.Value.N)
}

// DecideCorrection answers a correction: by those who may edit the page.
func (s *Service) DecideCorrection(ctx context.Context, by access.Actor, id ref.ID, d Decision, answer i18n.Text) (c Correction, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		var page Page
		if c, page, err = s.answered(ctx, tx, by, id); err != nil {
			return err
		}
		before := c
		if err := c.decide(d, answer, s.today(tx)); err != nil {
			return err
		}
		if err := updateCorrection(ctx, tx, c); err != nil {
			return err
		}
		c.Version++
		if err := journal.Record(ctx, tx, by, "orgs.correction.decide", before, c); err != nil {
			return err
		}
		if err := s.Obligations.Settle(ctx, tx, by, c.Ref(), CorrectionKind, obligations.Kept, c.DecidedOn); err != nil || s.TellSender == nil {
			return err
		}
		return s.TellSender(ctx, tx, c, page.Ref)
	})
	return c, err
}

// answered loads a correction for those who answer it.
func (s *Service) answered(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (c Correction, page Page, err error) {
	if c, err = correctionByID(ctx, tx, id); err != nil {
		return c, page, err
	}
	if page, err = s.page(ctx, tx, by, c.Root()); err == nil && !page.May {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return c, page, err
}

// CorrectionByID gives a correction with all that was written to those who
// decide it.
func (s *Service) CorrectionByID(ctx context.Context, by access.Actor, id ref.ID) (c Correction, page Page, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, page, err = s.answered(ctx, tx, by, id)
		return err
	})
	return c, page, err
}

// Corrections gives the public log of a page, the newest first, and to those who
// answer also what waits for them. Of an organization that was merged into
// another one it is the log of the other.
func (s *Service) Corrections(ctx context.Context, by access.Actor, org, project ref.ID) (page Page, decided, asked []Correction, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		at := pageOf(org, project)
		if at.Kind == Kind {
			o, err := byID(ctx, tx, org)
			if err != nil {
				return err
			}
			if !o.Living() {
				at.ID = o.MergedInto
			}
		}
		if page, err = s.page(ctx, tx, by, at); err != nil {
			return err
		}
		list, err := correctionsOf(ctx, tx, at.Kind, []ref.ID{at.ID})
		decided, asked = sorted(list, page.May)
		return err
	})
	return page, decided, asked, err
}

// sorted tells what everybody may see of corrections from what waits for those
// who answer.
func sorted(list []Correction, may bool) (decided, asked []Correction) {
	for _, c := range list {
		switch {
		case c.Public():
			decided = append(decided, c.seen())
		case may:
			asked = append(asked, c)
		}
	}
	return decided, asked
}

// seen is a correction as strangers see it.
func (c Correction) seen() Correction {
	c.Body, c.SenderID, c.SenderMail = "", 0, ""
	return c
}

// ForgetSenders removes who sent corrections that were answered a year ago; it
// runs every night.
func (s *Service) ForgetSenders(ctx context.Context, tx *db.Tx) error {
	return forgetSenders(ctx, tx, s.today(tx).AddDays(-correctionKeep), 0)
}

// ForgetPerson removes from corrections that a person sent them.
func (s *Service) ForgetPerson(ctx context.Context, tx *db.Tx, person ref.ID) error {
	return forgetSenders(ctx, tx, db.Day(1, 1, 1), person)
}

package orgs

import (
	"context"

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

// correctionDays is the term of an answer in working days; correctionKeep how
// long it is known who asked, in days after the answer.
const (
	correctionDays = 10
	correctionKeep = 365
)

// Subjects are the parts of a page that somebody may say are wrong; the words
// are orgs.subject.….
var Subjects = []string{"name", "bin", "kind", "place", "dates", "head", "contacts", "spheres", "projects", "duplicate", "closed", "other"}

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
	OrgID      ref.ID    `json:"org_id"`
	Subject    string    `json:"subject"`
	Body       string    `json:"-"`
	SenderID   ref.ID    `json:"-"`
	SenderMail string    `json:"-"`
	SentOn     db.Date   `json:"sent_on"`
	Decision   Decision  `json:"decision"`
	Answer     i18n.Text `json:"answer"`
	DecidedOn  db.Date   `json:"decided_on"`
}

// Ref names the correction to other rooms.
func (c Correction) Ref() ref.Ref {
	return ref.Ref{Kind: "organization_correction", ID: c.ID, Path: "/organizations/" + c.OrgID.String()}
}

// Root is the organization.
func (c Correction) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: c.OrgID} }

// JournalVersion is the version of the row.
func (c Correction) JournalVersion() int64 { return c.Version }

// Public tells that strangers see a correction after it was decided.
func (c Correction) Public() bool { return c.Decision != "" }

// NewCorrection is what anybody may send in.
type NewCorrection struct {
	OrgID   ref.ID
	Subject string
	Body    string
	Mail    string // where the answer goes, "" for none
}

func (n NewCorrection) check() error {
	var bad problem.Fields
	known := false
	for _, s := range Subjects {
		known = known || s == n.Subject
	}
	bad.Reject(!known, "subject", "orgs.subject_unknown")
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

// AskCorrection sends in a correction. It becomes an obligation of whoever keeps
// the page: the organization when somebody speaks for it, else the place.
func (s *Service) AskCorrection(ctx context.Context, by access.Actor, n NewCorrection) (c Correction, err error) {
	if err := n.check(); err != nil {
		return c, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		o, err := living(ctx, tx, n.OrgID)
		if err != nil {
			return err
		}
		c = Correction{ID: tx.NewID(), Version: 1, OrgID: o.ID, Subject: n.Subject, Body: trimmed(n.Body),
			SenderID: by.UserID, SenderMail: trimmed(n.Mail), SentOn: s.today(tx)}
		if err := insertCorrection(ctx, tx, c); err != nil {
			return err
		}
		visitor := access.Portal("visitor") // no entry tells who asked
		if err := journal.Record(ctx, tx, visitor, "orgs.correction.ask", nil, c); err != nil {
			return err
		}
		return s.oweAnswer(ctx, tx, visitor, c, o)
	})
	return c, err
}

func (s *Service) oweAnswer(ctx context.Context, tx *db.Tx, by access.Actor, c Correction, o Organization) error {
	keeper := o.Ref()
	speak, err := leads(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	if len(speak) == 0 {
		place, _ := s.PlaceOf(o.PlaceID)
		keeper = place.Ref
	}
	_, err = s.Obligations.Owe(ctx, tx, by, obligations.Debt{
		Kind: CorrectionKind, WhatKey: "orgs.correction.owed", Ground: obligations.Promise,
		Thing: c.Ref(), Root: o.Ref(), Owner: keeper, Proposer: c.SenderID, PlaceID: o.PlaceID,
		From: s.today(tx), WorkingDays: correctionDays, Sample: o.Sample,
	})
	return err
}

// DecideCorrection answers a correction: by those who may edit the page.
func (s *Service) DecideCorrection(ctx context.Context, by access.Actor, id ref.ID, d Decision, answer i18n.Text) (c Correction, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if c, err = correctionByID(ctx, tx, id); err != nil {
			return err
		}
		o, err := byID(ctx, tx, c.OrgID)
		if err != nil {
			return err
		}
		place, _ := s.PlaceOf(o.PlaceID)
		if MayEdit(by, o, place) != nil {
			return problem.New(problem.NotFound, "problem.not_found")
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
		return s.TellSender(ctx, tx, c, o)
	})
	return c, err
}

// CorrectionByID gives a correction with all that was written to those who
// decide it.
func (s *Service) CorrectionByID(ctx context.Context, by access.Actor, id ref.ID) (c Correction, o Organization, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if c, err = correctionByID(ctx, tx, id); err != nil {
			return err
		}
		if o, err = byID(ctx, tx, c.OrgID); err != nil {
			return err
		}
		place, _ := s.PlaceOf(o.PlaceID)
		if MayEdit(by, o, place) != nil {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		return nil
	})
	return c, o, err
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

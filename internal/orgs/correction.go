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
	"birge/internal/platform/todo"
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
	KindProject: {"project_title", "project_place", "project_term", "project_money", "project_people", "project_events", "project_results", "project_files", "project_sides", "other"},
	KindPlace:   {"place_name", "place_code", "place_kind", "place_around", "place_totals", "other"},
	KindFigure:  {"figure_value", "figure_what", "figure_period", "figure_place", "figure_source", "figure_words", "other"},
}

// The pages that other rooms keep, as those call them.
const (
	KindProject = "project"
	KindPlace   = "place"
	KindFigure  = "figure"
)

// sections are how the pages of a kind are called in addresses.
var sections = map[string]string{Kind: "organizations", KindProject: "projects", KindPlace: "places", KindFigure: "figures"}

// Section names in addresses the pages of a kind that may be corrected.
func Section(kind string) string { return sections[kind] }

// InSection is the kind of the pages of a section; "" for a section that has none.
func InSection(section string) string {
	for kind, of := range sections {
		if of == section {
			return kind
		}
	}
	return ""
}

// Page is a page that somebody may say is wrong.
type Page struct {
	ref.Ref
	// Keeper is who keeps the page: an organization when somebody speaks for it,
	// else the place does; of a page without a place Keeper does.
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
	OrgID      ref.ID    `json:"org_id,omitzero"` // one of the four ids is set
	ProjectID  ref.ID    `json:"project_id,omitzero"`
	PlaceID    ref.ID    `json:"place_id,omitzero"`
	FigureID   ref.ID    `json:"figure_id,omitzero"`
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
	page := c.Root()
	return ref.Ref{Kind: page.Kind + "_correction", ID: c.ID, Path: LogPath(page)}
}

// LogPath is where the corrections of a page are told and asked for.
func LogPath(page ref.Ref) string {
	return "/corrections/" + Section(page.Kind) + "/" + page.ID.String()
}

// Root is the page.
func (c Correction) Root() ref.Ref {
	switch {
	case c.ProjectID != 0:
		return ref.Ref{Kind: KindProject, ID: c.ProjectID}
	case c.PlaceID != 0:
		return ref.Ref{Kind: KindPlace, ID: c.PlaceID}
	case c.FigureID != 0:
		return ref.Ref{Kind: KindFigure, ID: c.FigureID}
	}
	return ref.Ref{Kind: Kind, ID: c.OrgID}
}

// about makes c a correction of a page.
func (c *Correction) about(page ref.Ref) {
	switch page.Kind {
	case KindProject:
		c.ProjectID = page.ID
	case KindPlace:
		c.PlaceID = page.ID
	case KindFigure:
		c.FigureID = page.ID
	default:
		c.OrgID = page.ID
	}
}

// JournalVersion is the version of the row.
func (c Correction) JournalVersion() int64 { return c.Version }

// Public tells that strangers see a correction after it was decided.
func (c Correction) Public() bool { return c.Decision != "" }

// NewCorrection is what anybody may send in.
type NewCorrection struct {
	Page    ref.Ref // what is wrong, by kind and id
	Subject string
	Body    string
	Mail    string // where the answer goes, "" for none
}

func (n NewCorrection) check() error {
	var bad problem.Fields
	bad.Reject(!slices.Contains(Subjects[n.Page.Kind], n.Subject), "subject", "orgs.subject_unknown")
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

// FindPage finds a page of another room as the actor may see it.
type FindPage func(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (Page, error)

// page finds a page as the actor may see it. An organization that was merged into
// another one is the other.
func (s *Service) page(ctx context.Context, tx *db.Tx, by access.Actor, at ref.Ref) (Page, error) {
	if at.Kind == KindPlace {
		return s.placePage(by, at.ID)
	}
	if find, ok := s.Pages[at.Kind]; ok {
		return find(ctx, tx, by, at.ID)
	}
	if at.Kind != Kind {
		return Page{}, problem.New(problem.NotFound, "problem.not_found")
	}
	o, err := byID(ctx, tx, at.ID)
	if err == nil && !o.Living() {
		o, err = byID(ctx, tx, o.MergedInto)
	}
	place, _ := s.PlaceOf(o.PlaceID)
	return Page{Ref: o.Ref(), Keeper: o.Ref(), PlaceID: o.PlaceID, Sample: o.Sample, May: MayEdit(by, o, place) == nil}, err
}

// placePage is the page of a place: those who keep the register there answer for
// it, and those who keep the tree.
func (s *Service) placePage(by access.Actor, id ref.ID) (Page, error) {
	p, ok := s.Places.Tree().Place(id)
	if !ok {
		return Page{}, problem.New(problem.NotFound, "problem.not_found")
	}
	return Page{Ref: p.Ref(), PlaceID: p.ID, Sample: p.Sample, May: keepsFacts(by, s.Places.Tree().Path(id))}, nil
}

// keepsFacts tells who answers for what the portal says of places: their officers,
// and who keeps tree, norms and figures.
func keepsFacts(by access.Actor, path []ref.ID) bool {
	return by.Has(access.Officer, path...) || keepsAllFacts(by)
}

func keepsAllFacts(by access.Actor) bool { return by.Has(access.Keeper) || by.Has(access.Admin) }

// FigurePage is the page of a figure of some places, none for the country. A
// figure of one place is answered for as the place is; any other by those who
// keep the figures of all.
func (s *Service) FigurePage(by access.Actor, figure ref.Ref, of []ref.ID) Page {
	page := Page{Ref: figure, Keeper: keepers, May: keepsAllFacts(by)}
	if len(of) == 1 {
		page.Keeper, page.PlaceID, page.May = ref.Ref{}, of[0], keepsFacts(by, s.Places.Tree().Path(of[0]))
	}
	return page
}

// keepers are who keeps what belongs to no place: figures of the country.
var keepers = ref.Ref{Kind: "keepers", ID: 1, Path: "/about",
	Title: i18n.Text{KK: "Порталды жүргізушілер", RU: "Те, кто ведет портал", EN: "Keepers of the portal"}}

// AskCorrection sends in a correction. It becomes an obligation of whoever keeps
// the page.
func (s *Service) AskCorrection(ctx context.Context, by access.Actor, n NewCorrection) (c Correction, err error) {
	if err := n.check(); err != nil {
		return c, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		page, err := s.page(ctx, tx, by, n.Page)
		if err != nil {
			return err
		}
		c = Correction{ID: tx.NewID(), Version: 1, Subject: n.Subject, Body: trimmed(n.Body),
			SenderID: by.UserID, SenderMail: trimmed(n.Mail), SentOn: s.today(tx)}
		c.about(page.Ref)
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
	if place, ok := s.PlaceOf(page.PlaceID); ok {
		speak, err := leads(ctx, tx, keeper.ID)
		if err != nil {
			return err
		}
		if len(speak) == 0 {
			keeper = place.Ref
		}
	}
	_, err := s.Obligations.Owe(ctx, tx, by, obligations.Debt{
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
// answer also what waits for them.
func (s *Service) Corrections(ctx context.Context, by access.Actor, at ref.Ref) (page Page, decided, asked []Correction, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if page, err = s.page(ctx, tx, by, at); err != nil {
			return err
		}
		list, err := correctionsOf(ctx, tx, page.Kind, []ref.ID{page.ID})
		decided, asked = sorted(list, page.May)
		return err
	})
	return page, decided, asked, err
}

// factsAsked is what waits for those who keep tree, norms and figures.
func (s *Service) factsAsked(ctx context.Context, tx *db.Tx, by access.Actor) (out []todo.Task, err error) {
	if !keepsAllFacts(by) {
		return nil, nil
	}
	list, err := askedOfFacts(ctx, tx)
	for _, c := range list {
		out = append(out, todo.Task{Act: "orgs.correction.answer", Thing: c.Root(), Path: "/corrections/" + c.ID.String(), Note: "orgs.subject." + c.Subject, Since: c.SentOn})
	}
	return out, err
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

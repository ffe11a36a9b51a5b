package funding

import (
	"context"
	"io"
	"net/http"
	"slices"

	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// AppealOwed is what the funder owes about an appeal: the answer.
const AppealOwed = "funding.appeal"

const appealColumns = `id, number, application_id, call_id, round, org_id, against, grounds, filed_at, filed_by, due, panel_id, outcome, reasons, ended_at, decision_id, sample, version`

func scanAppeal(r db.Row) (a Appeal, err error) {
	err = r.Scan(&a.ID, &a.Number, &a.ApplicationID, &a.CallID, &a.Round, &a.OrgID, &a.Against, &a.Grounds, &a.FiledAt, &a.FiledBy, &a.Due, &a.PanelID, &a.Outcome,
		&a.Reasons, &a.EndedAt, &a.DecisionID, &a.Sample, &a.Version)
	return a, err
}

func insertAppeal(ctx context.Context, tx *db.Tx, a Appeal) error {
	_, err := tx.Exec(ctx, `INSERT INTO decision_appeals (`+appealColumns+`) VALUES (`+slots(18)+`)`, a.ID, a.Number, a.ApplicationID, a.CallID, a.Round, a.OrgID,
		string(a.Against), a.Grounds, a.FiledAt, a.FiledBy, a.Due, a.PanelID, string(a.Outcome), a.Reasons, a.EndedAt, a.DecisionID, a.Sample, a.Version)
	if db.IsDuplicate(err) {
		err = problem.New(problem.Conflict, "funding.appeal.once")
	}
	return err
}

func updateAppeal(ctx context.Context, tx *db.Tx, a Appeal) error {
	return tx.ExecOne(ctx, `UPDATE decision_appeals SET panel_id = $3, outcome = $4, reasons = $5, ended_at = $6, decision_id = $7, version = $8 WHERE id = $1 AND version = $2`,
		a.ID, a.Version-1, a.PanelID, string(a.Outcome), a.Reasons, a.EndedAt, a.DecisionID, a.Version)
}

func appealByID(ctx context.Context, tx *db.Tx, id ref.ID) (Appeal, error) {
	return db.One(ctx, tx, scanAppeal, `SELECT `+appealColumns+` FROM decision_appeals WHERE id = $1`, id)
}

func appealsOf(ctx context.Context, tx *db.Tx, application ref.ID) ([]Appeal, error) {
	return db.All(ctx, tx, scanAppeal, `SELECT `+appealColumns+` FROM decision_appeals WHERE application_id = $1 ORDER BY id`, application)
}

func appealsOfRound(ctx context.Context, tx *db.Tx, call ref.ID, round int) ([]Appeal, error) {
	return db.All(ctx, tx, scanAppeal, `SELECT `+appealColumns+` FROM decision_appeals WHERE call_id = $1 AND round = $2 ORDER BY id`, call, round)
}

// appealUntil is the last day for an appeal against what was told on a day.
func (s *Service) appealUntil(c Call, told db.Date) db.Date {
	return s.Norms.Book().Due("grant.appeal_window", told, c.NormsOn)
}

// appealTerm is until when the applicant may appeal against what stands; no date
// where nothing can be appealed.
func (s *Service) appealTerm(ctx context.Context, tx *db.Tx, a Application, c Call) (db.Date, error) {
	if a.State == Refused {
		return s.appealUntil(c, db.DateOf(a.CheckedAt.In(s.Zone))), nil
	}
	v, ok, err := rulingOn(ctx, tx, a.ID)
	if err != nil || !ok {
		return db.Date{}, err
	}
	d, err := decisionByID(ctx, tx, v.DecisionID)
	if err != nil || d.Kind == OnAppeal { // an appeal is not appealed here
		return db.Date{}, err
	}
	return s.appealUntil(c, db.DateOf(d.PublishedAt.In(s.Zone))), nil
}

// FileAppeal files an appeal for the applicant: only a lead speaks for it. The
// funder owes the answer.
func (s *Service) FileAppeal(ctx context.Context, by access.Actor, application ref.ID, grounds i18n.Text) (p Appeal, err error) {
	grounds = grounds.Trim()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		a, c, err := s.seenApplication(ctx, tx, by, application)
		if err != nil {
			return err
		}
		as, err := maySubmit(by, a.OrgID)
		if err != nil {
			return err
		}
		until, err := s.appealTerm(ctx, tx, a, c)
		if err != nil {
			return err
		}
		if err := a.appealable(s.today(tx), until); err != nil {
			return err
		}
		if err := s.notAppealed(ctx, tx, a); err != nil {
			return err
		}
		if err := checkGrounds(grounds); err != nil {
			return err
		}
		today := s.today(tx)
		p = Appeal{ID: tx.NewID(), ApplicationID: a.ID, CallID: a.CallID, Round: a.Round, OrgID: a.OrgID, Against: a.State, Grounds: grounds, FiledAt: db.At(tx.Now()),
			FiledBy: by.UserID, Due: s.Norms.Book().Due("grant.appeal_review", today, c.NormsOn), Sample: a.Sample, Version: 1}
		if p.Number, err = numberIn(ctx, tx, KindAppeal, today.Year()); err != nil {
			return err
		}
		if err := insertAppeal(ctx, tx, p); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, as, "funding.appeal.file", nil, p); err != nil {
			return err
		}
		return s.oweAppeal(ctx, tx, as, p, c)
	})
	return p, err
}

// notAppealed: one thing is appealed once.
func (s *Service) notAppealed(ctx context.Context, tx *db.Tx, a Application) error {
	past, err := appealsOf(ctx, tx, a.ID)
	if slices.ContainsFunc(past, func(p Appeal) bool { return p.Outcome != AppealWithdrawn && p.Against == a.State }) {
		return problem.New(problem.Conflict, "funding.appeal.once")
	}
	return err
}

func (s *Service) oweAppeal(ctx context.Context, tx *db.Tx, by access.Actor, p Appeal, c Call) error {
	names, err := orgs.Refs(ctx, tx, []ref.ID{c.FunderID, p.OrgID})
	if err != nil {
		return err
	}
	thing := p.Ref()
	thing.Title = c.Title
	d := obligations.Debt{Kind: AppealOwed, Ground: obligations.Law, GroundText: s.law("grant.appeal_review", c), Thing: thing, Root: Application{ID: p.ApplicationID}.Ref(),
		Owner: names[c.FunderID], To: names[p.OrgID], WhatKey: "funding.owed.appeal", WhatArgs: []string{"number", p.Number}, Due: p.Due, PlaceID: c.PlaceID, Sample: p.Sample, Private: true}
	if !ByLaw(c.Kind) {
		d.Ground, d.GroundText = obligations.Promise, c.Title
	}
	_, err = s.Obligations.Owe(ctx, tx, by, d)
	return err
}

// appealing is an appeal with what it is about.
type appealing struct {
	Appeal
	application Application
	call        Call
	as          access.Actor
	ours        bool // the actor works for the applicant
}

// appeal loads an appeal for the two sides; for others it is not there.
func (s *Service) appeal(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (g appealing, err error) {
	if g.Appeal, err = appealByID(ctx, tx, id); err != nil {
		return g, err
	}
	if g.application, g.call, err = s.seenApplication(ctx, tx, by, g.ApplicationID); err != nil {
		return g, err
	}
	if g.ours = by.WorksFor(g.OrgID); g.ours {
		g.as = by
		return g, nil
	}
	g.as, err = s.mayKeepCall(by, g.call)
	return g, err
}

// changeAppeal loads an appeal, applies a rule, stores and records it.
func (s *Service) changeAppeal(ctx context.Context, by access.Actor, act string, id ref.ID, version int64, rule func(tx *db.Tx, g *appealing) error) (p Appeal, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		g, err := s.appeal(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if version != 0 && version != g.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		before := g.Appeal
		if err := rule(tx, &g); err != nil {
			return err
		}
		p = g.Appeal
		p.Version++
		if err := updateAppeal(ctx, tx, p); err != nil {
			return err
		}
		return journal.Record(ctx, tx, g.as, act, before, p)
	})
	return p, err
}

// hears: the funder's side, nobody who works for the applicant.
func (g *appealing) hears() error {
	if g.ours {
		return problem.New(problem.Forbidden, "funding.own_application")
	}
	return g.open()
}

// WithdrawAppeal takes an appeal back; the applicant may file it again in time.
func (s *Service) WithdrawAppeal(ctx context.Context, by access.Actor, id ref.ID, version int64) (Appeal, error) {
	return s.changeAppeal(ctx, by, "funding.appeal.withdraw", id, version, func(tx *db.Tx, g *appealing) (err error) {
		if g.as, err = maySubmit(by, g.OrgID); err != nil {
			return err
		}
		if err := g.open(); err != nil {
			return err
		}
		g.Outcome, g.EndedAt = AppealWithdrawn, db.At(tx.Now())
		return s.endAppeal(ctx, tx, g, obligations.Released)
	})
}

// endAppeal ends what was owed, and the panel that heard it: its marks stand behind
// the answer, or nobody asks for them any more.
func (s *Service) endAppeal(ctx context.Context, tx *db.Tx, g *appealing, how obligations.Outcome) error {
	if err := s.endPanel(ctx, tx, g); err != nil {
		return err
	}
	return s.Obligations.Settle(ctx, tx, g.as, g.Ref(), AppealOwed, how, s.today(tx))
}

// withdrawnAppeal is why a panel that heard an appeal was ended.
var withdrawnAppeal = i18n.Text{KK: "Шағым қайтарып алынды.", RU: "Жалоба отозвана.", EN: "The appeal was withdrawn."}

// endPanel ends the panel of an appeal. The portal does it: the applicant who
// withdraws has no say in panels.
func (s *Service) endPanel(ctx context.Context, tx *db.Tx, g *appealing) error {
	if g.PanelID == 0 {
		return nil
	}
	p, err := s.Panels.PanelIn(ctx, tx, g.PanelID)
	switch stage := p.Stage(); {
	case err != nil || stage == panels.Decided || stage == panels.Cancelled:
		return err
	case g.Outcome == AppealWithdrawn:
		return s.Panels.CancelIn(ctx, tx, access.Portal("funding"), g.PanelID, withdrawnAppeal)
	}
	return s.Panels.DecidedIn(ctx, tx, g.as, g.PanelID)
}

// HearByPanel gives an application to other experts than those who have judged it,
// to be judged anew until the end of a day; without one by the norm.
func (s *Service) HearByPanel(ctx context.Context, by access.Actor, id ref.ID, version int64, due db.Date) (Appeal, error) {
	return s.changeAppeal(ctx, by, "funding.appeal.panel", id, version, func(tx *db.Tx, g *appealing) error {
		if err := g.hears(); err != nil {
			return err
		}
		if g.PanelID != 0 {
			return problem.New(problem.Conflict, "funding.panel.is_open")
		}
		if due.IsZero() {
			due = g.Due
		}
		subject := g.Ref()
		subject.Title = g.call.Title
		p, err := s.Panels.OpenIn(ctx, tx, by, panelFor(g.call, subject, []panels.Work{workOf(g.application)}, due))
		g.PanelID = p.ID
		return err
	})
}

// AnswerAppeal ends an appeal with reasons, when a new panel has judged or those who
// decide have heard it. A granted one brings a refused application before the
// experts, and changes a decision by another one.
func (s *Service) AnswerAppeal(ctx context.Context, by access.Actor, id ref.ID, version int64, n Answer) (Appeal, error) {
	n.Reasons = n.Reasons.Trim()
	return s.changeAppeal(ctx, by, "funding.appeal.answer", id, version, func(tx *db.Tx, g *appealing) error {
		if err := g.hears(); err != nil {
			return err
		}
		if err := g.answer(n, db.At(tx.Now())); err != nil {
			return err
		}
		if err := s.heard(ctx, tx, by, g, n.Granted); err != nil {
			return err
		}
		if n.Granted {
			if err := s.grant(ctx, tx, by, g, n); err != nil {
				return err
			}
		}
		return s.endAppeal(ctx, tx, g, obligations.Kept)
	})
}

// heard judges that an appeal was heard: by a panel whose marks are open, or by
// those who decide, whose vote is the answer.
func (s *Service) heard(ctx context.Context, tx *db.Tx, by access.Actor, g *appealing, granted bool) error {
	if g.PanelID != 0 {
		p, err := s.Panels.PanelIn(ctx, tx, g.PanelID)
		if err == nil && p.Stage() != panels.Revealed {
			err = problem.New(problem.Conflict, "funding.appeal.panel_judges")
		}
		return err
	}
	err := s.resolved(ctx, tx, by, g.call, g.Ref(), g.FiledAt)
	if !granted && isKey(err, "funding.decision.not_adopted") {
		return nil // they have voted against it
	}
	if err == nil && !granted && ByLaw(g.call.Kind) {
		return problem.New(problem.Conflict, "funding.appeal.was_adopted")
	}
	return err
}

func isKey(err error, key string) bool {
	p := problem.As(err)
	return p != nil && p.Key == key
}

// grant does what follows from a granted appeal.
func (s *Service) grant(ctx context.Context, tx *db.Tx, by access.Actor, g *appealing, n Answer) error {
	round, err := s.deciding(ctx, tx, by, g.CallID, g.Round)
	if err != nil {
		return err
	}
	if g.application.State == Refused {
		a, err := s.changeApplicationIn(ctx, tx, by, "funding.application.readmit", g.ApplicationID, 0, func(_ *db.Tx, a *Application, _ Call) (access.Actor, error) {
			return g.as, a.readmit()
		})
		if err != nil {
			return err
		}
		g.application = a
		if joined, err := s.joinPanel(ctx, tx, by, a, g.call); err != nil || joined {
			return err
		}
		if g.PanelID == 0 { // the marks are open: it needs some of its own
			return problem.New(problem.Conflict, "funding.appeal.needs_panel")
		}
	}
	return s.decideOnAppeal(ctx, tx, by, round, g, n)
}

// decideOnAppeal changes what was decided about one application by a decision of
// its own.
func (s *Service) decideOnAppeal(ctx context.Context, tx *db.Tx, by access.Actor, round deciding, g *appealing, n Answer) error {
	bound, err := boundInRound(ctx, tx, g.CallID, g.Round)
	if err != nil {
		return err
	}
	won, err := wonIn(ctx, tx, g.call, 0)
	if err != nil {
		return err
	}
	b := boundsOf(g.call.Terms, round.round, limitsOf(s.Norms.Book(), g.call.Terms, g.call.NormsOn), g.call.left(round.round, bound), won)
	if err := g.checkOutcome(n, g.application.Proposal.Asked, b); err != nil {
		return err
	}
	v, err := s.rulingAnew(ctx, tx, g)
	if err != nil {
		return err
	}
	d, err := s.newDecision(ctx, tx, round, OnAppeal, v.panel)
	if err != nil {
		return err
	}
	d.AppealID, d.Note, d.PutAt = g.ID, n.Reasons, db.At(tx.Now())
	v.ID, v.DecisionID, v.CallID, v.ApplicationID = tx.NewID(), d.ID, g.CallID, g.ApplicationID
	v.Outcome, v.Granted, v.Departs, v.Reason, v.Version = n.Outcome, n.Sum, true, n.Reasons, 1
	if n.Outcome != Funded {
		v.Granted = 0
	}
	list := []Ruling{v.Ruling}
	d.PublishedAt = d.PutAt // inserted as one that is out: another may be drafted meanwhile
	if err := insertDecision(ctx, tx, d); err != nil {
		return err
	}
	d.PublishedAt = db.Time{}
	if err := insertRulings(ctx, tx, list); err != nil {
		return err
	}
	if err := recordRulings(ctx, tx, g.as, "funding.ruling.put", list); err != nil {
		return err
	}
	if err := s.apply(ctx, tx, round, &d, list); err != nil {
		return err
	}
	if err := rewriteDecision(ctx, tx, d); err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, g.as, "funding.decision.appeal", nil, d); err != nil {
		return err
	}
	g.DecisionID = d.ID
	return nil
}

// rewriteDecision stores what a decision came to in the transaction that made it.
func rewriteDecision(ctx context.Context, tx *db.Tx, d Decision) error {
	return tx.ExecOne(ctx, `UPDATE decisions SET granted = $2, funded = $3, published_at = $4 WHERE id = $1`, d.ID, d.Sum, d.Funded, d.PublishedAt)
}

// anew is a ruling with the panel on which it stands.
type anew struct {
	Ruling
	panel ref.ID
}

// rulingAnew is where an application stands after its appeal: by the marks of the
// new panel in the order of the round, or where it stood.
func (s *Service) rulingAnew(ctx context.Context, tx *db.Tx, g *appealing) (v anew, err error) {
	said, err := standingRulings(ctx, tx, g.CallID, g.Round)
	if err != nil {
		return v, err
	}
	v.Ruling = said[g.ApplicationID]
	p, _, err := s.panelOf(ctx, tx, g.call, g.Round)
	if v.panel = p.ID; err != nil || g.PanelID == 0 {
		return v, err
	}
	v.panel = g.PanelID
	results, err := s.Panels.Results(ctx, tx, g.PanelID)
	if err != nil {
		return v, err
	}
	for _, w := range results.Works {
		v.Points, v.RawPoints, v.Marks, v.Stays = hundredths(max(0, w.Corrected)), hundredths(w.Raw), w.Marks, -1
	}
	v.Place, v.RawPlace = 1, 1
	for id, other := range said {
		v.Place += b2i(id != g.ApplicationID && other.Points > v.Points)
		v.RawPlace += b2i(id != g.ApplicationID && other.RawPoints > v.RawPoints)
	}
	return v, nil
}

// MaxAppealFile is how large a file of an appeal may be, in bytes.
const MaxAppealFile = 20 << 20

// CheckAppealFile receives a file for an appeal and judges it by its bytes.
func (s *Service) CheckAppealFile(ctx context.Context, by access.Actor, id ref.ID, name string, r io.Reader) (*files.Checked, error) {
	if err := s.db.View(ctx, func(tx *db.Tx) error { return s.mayAttach(ctx, tx, by, id) }); err != nil {
		return nil, err
	}
	return s.Files.Check(ctx, name, r, files.Documents|files.Pictures, MaxAppealFile)
}

func (s *Service) mayAttach(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) error {
	g, err := s.appeal(ctx, tx, by, id)
	switch {
	case err != nil:
		return err
	case !g.ours:
		return problem.New(problem.Forbidden, "funding.agreement.leads_only")
	}
	return g.open()
}

// AttachToAppeal lays a file beside an appeal that is heard.
func (s *Service) AttachToAppeal(ctx context.Context, by access.Actor, id ref.ID, checked *files.Checked) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.mayAttach(ctx, tx, by, id); err != nil {
			return err
		}
		_, err := s.Files.Add(ctx, tx, by, files.NewFile{Checked: checked, Owner: Appeal{ID: id}.Ref()})
		return err
	})
}

// ServeAppealFile hands a file of an appeal to the two sides.
func (s *Service) ServeAppealFile(w http.ResponseWriter, r *http.Request, by access.Actor, id, file ref.ID) error {
	var f files.File
	if err := s.db.View(r.Context(), func(tx *db.Tx) error {
		if _, err := s.appeal(r.Context(), tx, by, id); err != nil {
			return err
		}
		list, err := s.Files.Of(r.Context(), tx, KindAppeal, id)
		i := slices.IndexFunc(list, func(x files.File) bool { return x.ID == file })
		if err == nil && i < 0 {
			err = problem.New(problem.NotFound, "problem.not_found")
		}
		if err == nil {
			f = list[i]
		}
		return err
	}); err != nil {
		return err
	}
	return s.Files.Serve(w, r, f, files.Original)
}

// AppealStory is what the page of an appeal tells the two sides.
type AppealStory struct {
	Appeal      Appeal
	Application Application
	Call        Call
	Org         ref.Ref
	Files       []files.File
	Panel       panels.Panel // zero when the commission hears it
	Left        int64        // money of the round that is free, tiyn
	Agenda
	// Mine tells that the reader works for the applicant; MayWithdraw that he speaks
	// for it, MayHear that he is of the funder's side.
	Mine, MayWithdraw, MayHear bool
}

// AppealStory tells of an appeal.
func (s *Service) AppealStory(ctx context.Context, by access.Actor, id ref.ID) (st AppealStory, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		g, err := s.appeal(ctx, tx, by, id)
		if err != nil {
			return err
		}
		st = AppealStory{Appeal: g.Appeal, Application: g.application, Call: g.call, Mine: g.ours, MayHear: !g.ours && g.open() == nil,
			MayWithdraw: by.LeadsOrg(g.OrgID) && g.open() == nil}
		names, err := orgs.Refs(ctx, tx, []ref.ID{g.OrgID})
		if err != nil {
			return err
		}
		st.Org = names[g.OrgID]
		if st.Files, err = s.Files.Of(ctx, tx, KindAppeal, id); err != nil {
			return err
		}
		if g.PanelID != 0 {
			if st.Panel, err = s.Panels.PanelIn(ctx, tx, g.PanelID); err != nil {
				return err
			}
		}
		if st.Agenda, err = s.agenda(ctx, tx, g.call, g.Ref()); err != nil {
			return err
		}
		r, _ := g.call.Round(g.Round)
		bound, err := boundInRound(ctx, tx, g.CallID, g.Round)
		st.Left = g.call.left(r, bound)
		return err
	})
	return st, err
}

package awards

import (
	"context"
	"slices"
	"strconv"

	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// panelOf is the jury of a round, the last one that was not cancelled.
func (s *Service) panelOf(ctx context.Context, tx *db.Tx, r Round) (p panels.Panel, ok bool, err error) {
	list, err := s.Panels.PanelsOf(ctx, tx, r.Ref())
	for _, x := range list {
		if x.Stage() != panels.Cancelled {
			p, ok = x, true
		}
	}
	return p, ok, err
}

// OpenPanel hands the admitted nominees of a round to a jury, which marks them until
// the end of a day. The names of the jury are public after the decision when the
// norm says so.
func (s *Service) OpenPanel(ctx context.Context, by access.Actor, round ref.ID, due db.Date) (p panels.Panel, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		r, _, err := s.kept(ctx, tx, by, round)
		if err != nil {
			return err
		}
		if r.StateOn(s.today(tx)) != Judging {
			return problem.New(problem.Conflict, "awards.panel.not_closed")
		}
		if _, ok, err := s.panelOf(ctx, tx, r); ok || err != nil {
			if err == nil {
				err = problem.New(problem.Conflict, "awards.panel.is_open")
			}
			return err
		}
		works, err := s.works(ctx, tx, r)
		if err != nil {
			return err
		}
		names := panels.NamesNever
		if n, ok := s.Norms.Book().Norm(NormNames, r.NormsOn); ok && n.Value.N > 0 {
			names = panels.NamesAfter
		}
		p, err = s.Panels.OpenIn(ctx, tx, by, panels.NewPanel{Subject: r.Ref(), Title: r.Title, FunderID: r.OrganizerID, PlaceID: r.PlaceID, Works: works,
			Criteria: r.Criteria, PerWork: r.PerWork, Spread: r.Spread, Names: names, Due: due, NormsOn: r.NormsOn, Sample: r.Sample})
		return err
	})
	return p, err
}

// works are the admitted nominees as works of a panel. A private person has a number
// there, no name.
func (s *Service) works(ctx context.Context, tx *db.Tx, r Round) (works []panels.Work, err error) {
	list, err := nomineesOf(ctx, tx, r.ID)
	if err != nil {
		return nil, err
	}
	names, err := refsOf(ctx, tx, list)
	if err != nil {
		return nil, err
	}
	for _, n := range list {
		switch n.State() {
		case PutForward:
			return nil, problem.New(problem.Conflict, "awards.panel.unjudged")
		case Admitted:
			w := panels.Work{Ref: n.Ref(), No: n.No, Langs: langsOf(n.Why)}
			if w.Ref.Title = names[n.OrgID].Title; n.OrgID == 0 {
				no := strconv.Itoa(n.No)
				w.Ref.Title = i18n.Text{KK: "№ " + no + " жеке адам", RU: "Частное лицо № " + no, EN: "Private person No. " + no}
			} else {
				w.Orgs = []ref.ID{n.OrgID}
			}
			works = append(works, w)
		}
	}
	if len(works) == 0 {
		return nil, problem.New(problem.Conflict, "awards.panel.nobody")
	}
	return works, nil
}

func langsOf(t i18n.Text) (list []i18n.Lang) {
	for _, l := range i18n.Langs {
		if t.Get(l) != "" {
			list = append(list, l)
		}
	}
	return list
}

// deciding is a round whose marks are open, for the organizer's side without those
// who work for a nominee.
type deciding struct {
	round    Round
	as       access.Actor
	panel    panels.Panel
	nominees []Nominee
}

func (s *Service) deciding(ctx context.Context, tx *db.Tx, by access.Actor, round ref.ID) (g deciding, err error) {
	if g.round, g.as, err = s.kept(ctx, tx, by, round); err != nil {
		return g, err
	}
	if g.nominees, err = nomineesOf(ctx, tx, round); err != nil {
		return g, err
	}
	if slices.ContainsFunc(g.nominees, func(n Nominee) bool { return by.WorksFor(n.OrgID) || n.PersonID != 0 && n.PersonID == by.UserID }) {
		return g, problem.New(problem.Forbidden, "panels.judged_cannot_run")
	}
	p, ok, err := s.panelOf(ctx, tx, g.round)
	if err != nil {
		return g, err
	}
	if stage := p.Stage(); !ok || stage != panels.Revealed && stage != panels.Decided {
		return g, problem.New(problem.Conflict, "awards.decision.not_yet")
	}
	g.panel = p
	return g, nil
}

// changeDecision loads the decision of a round, or begins it, applies a rule, stores
// and records it.
func (s *Service) changeDecision(ctx context.Context, by access.Actor, act string, round ref.ID, version int64, rule func(tx *db.Tx, g deciding, d *Decision) error) (d Decision, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		g, err := s.deciding(ctx, tx, by, round)
		if err != nil {
			return err
		}
		before, ok, err := decisionOf(ctx, tx, round)
		if err != nil {
			return err
		}
		if version != 0 && version != before.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		if !before.PublishedAt.IsZero() {
			return problem.New(problem.Conflict, "awards.decision.is_published")
		}
		if d = before; !ok {
			d = Decision{ID: tx.NewID(), RoundID: round, PanelID: g.panel.ID, Sample: g.round.Sample}
		}
		if err := rule(tx, g, &d); err != nil {
			return err
		}
		d.Version++
		if !ok {
			if err := insertDecision(ctx, tx, d); err != nil {
				return err
			}
			return journal.Record(ctx, tx, g.as, act, nil, d)
		}
		if err := updateDecision(ctx, tx, d); err != nil {
			return err
		}
		return journal.Record(ctx, tx, g.as, act, before, d)
	})
	return d, err
}

// DraftDecision says who wins on the marks.
func (s *Service) DraftDecision(ctx context.Context, by access.Actor, round ref.ID, version int64, winners []Winner, note i18n.Text) (Decision, error) {
	for i := range winners {
		winners[i].Reason = winners[i].Reason.Trim()
	}
	return s.changeDecision(ctx, by, "awards.decision.draft", round, version, func(_ *db.Tx, g deciding, d *Decision) error {
		return d.draft(winners, note.Trim(), g.nominees)
	})
}

// PutDecision lays the draft before those who decide.
func (s *Service) PutDecision(ctx context.Context, by access.Actor, round ref.ID, version int64) (Decision, error) {
	return s.changeDecision(ctx, by, "awards.decision.put", round, version, func(tx *db.Tx, g deciding, d *Decision) error {
		out, err := s.barred(ctx, tx, g, *d)
		if err != nil {
			return err
		}
		return d.put(db.At(tx.Now()), out)
	})
}

// barred tells who of the winners may not get money again.
func (s *Service) barred(ctx context.Context, tx *db.Tx, g deciding, d Decision) (map[ref.ID]bool, error) {
	since, ok := barredSince(s.Norms.Book(), g.round.NormsOn, s.today(tx))
	if g.round.Kind != Money || !ok {
		return nil, nil
	}
	winners := slices.DeleteFunc(slices.Clone(g.nominees), func(n Nominee) bool { _, wins := d.Wins(n.ID); return !wins })
	return barred(ctx, tx, winners, since)
}

// TakeBackDecision makes what was put a draft again.
func (s *Service) TakeBackDecision(ctx context.Context, by access.Actor, round ref.ID, version int64) (Decision, error) {
	return s.changeDecision(ctx, by, "awards.decision.take_back", round, version, func(tx *db.Tx, g deciding, d *Decision) error {
		if d.PutAt.IsZero() {
			return problem.New(problem.Conflict, "awards.not_now")
		}
		if said, err := s.adopted(ctx, tx, g.round, *d); said || err != nil {
			if err == nil {
				err = problem.New(problem.Conflict, "awards.decision.adopted")
			}
			return err
		}
		d.PutAt = db.Time{}
		return nil
	})
}

// adopted tells that the body of a round has adopted the decision since it was put.
func (s *Service) adopted(ctx context.Context, tx *db.Tx, r Round, d Decision) (bool, error) {
	if r.BodyID == 0 {
		return false, nil
	}
	o, ok, err := s.Panels.OutcomeOf(ctx, tx, d.Ref())
	return ok && o.Body.ID == r.BodyID && o.Result == panels.Adopted && o.Item.ClosedAt.After(d.PutAt.Time), err
}

// PutOnAgenda puts the decision on the agenda of a meeting of the body that decides.
func (s *Service) PutOnAgenda(ctx context.Context, by access.Actor, round, meeting ref.ID, title, motion i18n.Text) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		g, err := s.deciding(ctx, tx, by, round)
		if err != nil {
			return err
		}
		d, _, err := decisionOf(ctx, tx, round)
		if err != nil {
			return err
		}
		m, err := s.Panels.MeetingIn(ctx, tx, meeting)
		if err != nil {
			return err
		}
		if g.round.BodyID == 0 || m.BodyID != g.round.BodyID || d.PutAt.IsZero() {
			return problem.New(problem.Conflict, "awards.not_now")
		}
		var between []ref.ID // a member who is tied to one of them does not vote
		for _, n := range g.nominees {
			if n.State() == Admitted && n.OrgID != 0 {
				between = append(between, n.OrgID)
			}
		}
		_, err = s.Panels.AddItemIn(ctx, tx, by, meeting, panels.NewItem{Subject: d.Ref(), Title: title, Proposal: motion, Orgs: between})
		return err
	})
}

// PublishDecision brings out what was decided: by the body of the round at a
// meeting, else by the lead of the organizer. Winners become laureates; who got money
// meanwhile elsewhere is refused, so that nobody gets it twice.
func (s *Service) PublishDecision(ctx context.Context, by access.Actor, round ref.ID, version int64) (Decision, error) {
	return s.changeDecision(ctx, by, "awards.decision.publish", round, version, func(tx *db.Tx, g deciding, d *Decision) error {
		if err := s.resolved(ctx, tx, by, g.round, *d); err != nil {
			return err
		}
		out, err := s.barred(ctx, tx, g, *d)
		if err != nil {
			return err
		}
		for _, n := range g.nominees {
			if _, wins := d.Wins(n.ID); wins && (out[n.ID] || n.State() != Admitted) {
				return problem.New(problem.Conflict, "awards.decision.no_more", "no", n.No)
			}
		}
		d.PublishedAt = db.At(tx.Now())
		return s.honour(ctx, tx, by, g, *d)
	})
}

// resolved judges that those who decide have decided.
func (s *Service) resolved(ctx context.Context, tx *db.Tx, by access.Actor, r Round, d Decision) error {
	if d.PutAt.IsZero() {
		return problem.New(problem.Conflict, "awards.decision.not_put")
	}
	if r.BodyID == 0 {
		if !by.LeadsOrg(r.OrganizerID) && !by.IsPortal() {
			return problem.New(problem.Forbidden, "awards.decision.lead_decides")
		}
		return nil
	}
	said, err := s.adopted(ctx, tx, r, d)
	if err == nil && !said {
		err = problem.New(problem.Conflict, "awards.decision.body_decides")
	}
	return err
}

// honour makes laureates of the winners and ends the round.
func (s *Service) honour(ctx context.Context, tx *db.Tx, by access.Actor, g deciding, d Decision) error {
	for _, l := range d.laureates(g.round, g.nominees, s.today(tx)) {
		l.ID = tx.NewID()
		if err := insertLaureate(ctx, tx, l); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, g.as, "awards.laureate.honour", nil, l); err != nil {
			return err
		}
		n := slices.IndexFunc(g.nominees, func(n Nominee) bool { return n.ID == l.NomineeID })
		if err := s.certify(ctx, tx, g.as, g.round, l, g.nominees[n]); err != nil {
			return err
		}
	}
	before := g.round
	g.round.DecidedAt = d.PublishedAt
	if err := s.saveRound(ctx, tx, g.as, "awards.round.decide", before, &g.round); err != nil {
		return err
	}
	return s.Panels.DecidedIn(ctx, tx, by, d.PanelID)
}

// Deciding is what the page of a decision tells those who run the round.
type Deciding struct {
	Candidates
	// Placed are the nominees by the marks, the best first.
	Placed []Placed
	// Barred are those who may not get money again, by nominee, while it is undecided.
	Barred   map[ref.ID]bool
	Meetings []panels.Meeting // of the body, whose agenda takes a question
	Agenda   []panels.Item    // on which the decision stands
	Adopted  bool
}

// Placed is a nominee and where the marks place it in the whole round.
type Placed struct {
	Nominee
	panels.Standing
}

// Deciding shows marks and draft to those who decide.
func (s *Service) Deciding(ctx context.Context, by access.Actor, round ref.ID) (v Deciding, err error) {
	if v.Candidates, err = s.Candidates(ctx, by, round); err != nil {
		return v, err
	}
	base := v.Candidates
	err = s.db.View(ctx, func(tx *db.Tx) error {
		v = Deciding{Candidates: base}
		g, err := s.deciding(ctx, tx, by, round)
		if err != nil {
			return err
		}
		if v.Placed, err = s.placed(ctx, tx, g); err != nil {
			return err
		}
		if since, ok := barredSince(s.Norms.Book(), g.round.NormsOn, s.today(tx)); ok && g.round.Kind == Money && g.round.DecidedAt.IsZero() {
			if v.Barred, err = barred(ctx, tx, g.nominees, since); err != nil {
				return err
			}
		}
		if v.Adopted, err = s.adopted(ctx, tx, g.round, v.Decision); err != nil || g.round.BodyID == 0 {
			return err
		}
		if v.Agenda, err = s.Panels.AgendaOf(ctx, tx, v.Decision.Ref()); err != nil {
			return err
		}
		coming, err := s.Panels.ComingIn(ctx, tx, g.round.OrganizerID)
		v.Meetings = slices.DeleteFunc(coming, func(m panels.Meeting) bool { return m.BodyID != g.round.BodyID })
		return err
	})
	return v, err
}

// placed gives the admitted nominees their places.
func (s *Service) placed(ctx context.Context, tx *db.Tx, g deciding) (list []Placed, err error) {
	_, order, err := s.Panels.OrderIn(ctx, tx, g.panel, 1, 0)
	for _, at := range order {
		for _, n := range g.nominees {
			if n.ID == at.Thing && n.State() == Admitted {
				list = append(list, Placed{n, at.Standing})
			}
		}
	}
	return list, err
}

// Marks is how the jury marked a round that is decided, for everybody: nobody but
// laureates by name.
type Marks struct {
	Panel panels.Panel
	Lines []MarkLine
	// Spread counts the marks by tens of points: from 0 to under 10, up to 90 to 100.
	Spread [10]int
}

// MarkLine is what one nominee got.
type MarkLine struct {
	No, Nomination int
	NomineeID      ref.ID
	panels.Standing
	Totals []float64 // of the experts, the lowest first
}

// marks tells how a decided round was marked; ok is false before the decision.
func (s *Service) marks(ctx context.Context, tx *db.Tx, r Round) (m Marks, err error) {
	d, ok, err := decisionOf(ctx, tx, r.ID)
	if err != nil || !ok || r.DecidedAt.IsZero() {
		return m, err
	}
	if m.Panel, err = s.Panels.PanelIn(ctx, tx, d.PanelID); err != nil {
		return m, err
	}
	nominees, err := nomineesOf(ctx, tx, r.ID)
	if err != nil {
		return m, err
	}
	list, err := s.placed(ctx, tx, deciding{round: r, panel: m.Panel, nominees: nominees})
	if err != nil {
		return m, err
	}
	for _, p := range list {
		line := MarkLine{No: p.No, Nomination: p.Nomination, NomineeID: p.ID, Standing: p.Standing}
		_, judged, err := s.Panels.JudgedOf(ctx, tx, d.PanelID, p.Ref())
		if err != nil {
			return m, err
		}
		for _, j := range judged {
			line.Totals = append(line.Totals, j.Total)
			m.Spread[min(int(max(j.Total, 0)/10), 9)]++
		}
		slices.Sort(line.Totals)
		m.Lines = append(m.Lines, line)
	}
	return m, nil
}

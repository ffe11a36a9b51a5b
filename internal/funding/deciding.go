package funding

import (
	"context"
	"slices"

	"birge/internal/obligations"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/jobs"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// BeginDecision begins a decision about a round: about all its applications when
// the marks are open, or about those in reserve when money came free.
func (s *Service) BeginDecision(ctx context.Context, by access.Actor, call ref.ID, round int, kind DecisionKind) (d Decision, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		g, err := s.deciding(ctx, tx, by, call, round)
		if err != nil {
			return err
		}
		p, ok, err := s.panelOf(ctx, tx, g.call, round)
		if err != nil {
			return err
		}
		want := map[DecisionKind]panels.Stage{OnOrder: panels.Revealed, FromReserve: panels.Decided}[kind]
		if !ok || want == "" || p.Stage() != want {
			return problem.New(problem.Conflict, "funding.decision.not_yet")
		}
		d, err = s.newDecision(ctx, tx, g, kind, p.ID)
		if err != nil {
			return err
		}
		if err := insertDecision(ctx, tx, d); err != nil {
			return err
		}
		return journal.Record(ctx, tx, g.as, "funding.decision.begin", nil, d)
	})
	return d, err
}

// newDecision is the next decision of a round.
func (s *Service) newDecision(ctx context.Context, tx *db.Tx, g deciding, kind DecisionKind, panel ref.ID) (Decision, error) {
	past, err := decisionsOf(ctx, tx, g.call.ID, g.round.No)
	d := Decision{ID: tx.NewID(), CallID: g.call.ID, Round: g.round.No, No: len(past) + 1, Kind: kind, PanelID: panel, Sample: g.call.Sample,
		CreatedAt: db.At(tx.Now()), Version: 1}
	return d, err
}

// changeDecision loads a decision with its round, asks the right, applies a rule,
// stores and records it.
func (s *Service) changeDecision(ctx context.Context, by access.Actor, act string, id ref.ID, version int64, rule func(tx *db.Tx, g deciding, d *Decision) error) (d Decision, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := decisionByID(ctx, tx, id)
		if err != nil {
			return err
		}
		g, err := s.deciding(ctx, tx, by, before.CallID, before.Round)
		if err != nil {
			return err
		}
		d = before
		err = rule(tx, g, &d)
		stale := version != 0 && version != before.Version
		switch {
		case stale && (err == nil || problem.Is(err, problem.Invalid)):
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		case err != nil:
			return err
		}
		d.Version++
		if err := updateDecision(ctx, tx, d); err != nil {
			return err
		}
		return journal.Record(ctx, tx, g.as, act, before, d)
	})
	return d, err
}

// Depart says where a decision departs from the order, and why. A draft may still
// lack reasons.
func (s *Service) Depart(ctx context.Context, by access.Actor, id ref.ID, version int64, departures []Departure, note i18n.Text) (Decision, error) {
	for i := range departures {
		departures[i].Reason = departures[i].Reason.Trim()
	}
	return s.changeDecision(ctx, by, "funding.decision.draft", id, version, func(_ *db.Tx, _ deciding, d *Decision) error {
		return d.draft(slices.Clip(departures), note.Trim())
	})
}

// DepartOn says where a decision departs from the order about one application; no
// outcome takes back what was said of it.
func (s *Service) DepartOn(ctx context.Context, by access.Actor, id ref.ID, version int64, n Departure) (Decision, error) {
	n.Reason = n.Reason.Trim()
	return s.changeDecision(ctx, by, "funding.decision.draft", id, version, func(_ *db.Tx, g deciding, d *Decision) error {
		if !slices.ContainsFunc(g.applied, func(a Applied) bool { return a.ID == n.ApplicationID && d.Kind.takes(a.State) }) {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		list := slices.DeleteFunc(slices.Clone(d.Departures), func(x Departure) bool { return x.ApplicationID == n.ApplicationID })
		if n.Outcome != "" {
			var bad problem.Fields
			bad.Reject(n.Reason.IsZero(), "reason", "form.required")
			bad.Reject(n.Outcome != Funded && n.Granted != 0, "granted", "funding.decision.money_without")
			if err := bad.Err(); err != nil {
				return err
			}
			list = append(list, n)
		}
		return d.draft(slices.Clip(list), d.Note)
	})
}

// NoteDecision says what everybody is told beside a decision.
func (s *Service) NoteDecision(ctx context.Context, by access.Actor, id ref.ID, version int64, note i18n.Text) (Decision, error) {
	return s.changeDecision(ctx, by, "funding.decision.draft", id, version, func(_ *db.Tx, _ deciding, d *Decision) error {
		return d.draft(d.Departures, note.Trim())
	})
}

// DropDecision ends a decision that was not published.
func (s *Service) DropDecision(ctx context.Context, by access.Actor, id ref.ID, version int64) (Decision, error) {
	return s.changeDecision(ctx, by, "funding.decision.drop", id, version, func(tx *db.Tx, g deciding, d *Decision) error {
		if err := d.drop(db.At(tx.Now())); err != nil {
			return err
		}
		return s.unput(ctx, tx, g.as, *d)
	})
}

// proposal is what a decision that is drafted says of each application, and what
// money it has. whole tells that how firm the places are is known.
func (s *Service) proposal(ctx context.Context, tx *db.Tx, g deciding, d Decision) (lines []Line, whole bool, b bounds, err error) {
	bound, err := boundInRound(ctx, tx, g.call.ID, g.round.No)
	if err != nil {
		return nil, false, b, err
	}
	won, err := wonIn(ctx, tx, g.call, 0)
	if err != nil {
		return nil, false, b, err
	}
	cut := cutOf(g.call, g.call.left(g.round, bound))
	b = boundsOf(g.call.Terms, g.round, limitsOf(s.Norms.Book(), g.call.Terms, g.call.NormsOn), cut.Sum, won)
	if d.Kind == FromReserve {
		lines, err = s.fromReserve(ctx, tx, g, d, cut, won)
		return lines, true, b, err
	}
	p, err := s.Panels.PanelIn(ctx, tx, d.PanelID)
	if err != nil {
		return nil, false, b, err
	}
	order, list, err := s.Panels.OrderIn(ctx, tx, p, 1, 0)
	return propose(placed(list, g.applied, d.Kind.takes), cut, won, d.Departures), order.Current(), b, err
}

// fromReserve gives those in reserve by the places that they have.
func (s *Service) fromReserve(ctx context.Context, tx *db.Tx, g deciding, d Decision, cut Cut, won Won) ([]Line, error) {
	said, err := standingRulings(ctx, tx, g.call.ID, g.round.No)
	if err != nil {
		return nil, err
	}
	var list []Placed
	for i, a := range g.applied {
		if v := said[a.ID]; a.State == Reserve {
			list = append(list, Placed{Applied: a, Work: i, Standing: v.standing(), Stays: v.Stays})
		}
	}
	cut.Threshold = 0 // who is in reserve has passed
	return propose(list, cut, won, d.Departures), nil
}

// standing is what a ruling keeps of the order.
func (v Ruling) standing() panels.Standing {
	return panels.Standing{Marks: v.Marks, Raw: float64(v.RawPoints) / 100, Corrected: float64(v.Points) / 100, RawPlace: v.RawPlace, Place: v.Place}
}

// PutDecision lays a decision before those who decide. From now on it stands still,
// on an order that is counted to the end.
func (s *Service) PutDecision(ctx context.Context, by access.Actor, id ref.ID, version int64) (Decision, error) {
	if err := s.counted(ctx, id); err != nil {
		return Decision{}, err
	}
	return s.changeDecision(ctx, by, "funding.decision.put", id, version, func(tx *db.Tx, g deciding, d *Decision) error {
		lines, whole, b, err := s.proposal(ctx, tx, g, *d)
		switch {
		case err != nil:
			return err
		case !whole && d.State() == DecisionDraft:
			return problem.New(problem.Conflict, "funding.order.counting")
		}
		if err := d.put(db.At(tx.Now()), lines, b); err != nil {
			return err
		}
		var list []Ruling
		for _, l := range lines {
			if d.Kind == FromReserve && l.Outcome == Reserve {
				continue // nothing is said of it
			}
			v := rulingOf(*d, l)
			v.ID = tx.NewID()
			list = append(list, v)
		}
		if err := insertRulings(ctx, tx, list); err != nil {
			return err
		}
		return recordRulings(ctx, tx, g.as, "funding.ruling.put", list)
	})
}

// TakeBackDecision makes what was put a draft again, to be changed. What a
// commission said of it counts no more.
func (s *Service) TakeBackDecision(ctx context.Context, by access.Actor, id ref.ID, version int64) (Decision, error) {
	return s.changeDecision(ctx, by, "funding.decision.take_back", id, version, func(tx *db.Tx, g deciding, d *Decision) error {
		var said Resolution
		if ByLaw(g.call.Kind) {
			var err error
			if said, err = s.resolution(ctx, tx, g.call, d.Ref()); err != nil {
				return err
			}
		}
		if err := d.takeBack(said); err != nil {
			return err
		}
		return s.unput(ctx, tx, g.as, *d)
	})
}

// unput takes back what a decision said of applications.
func (s *Service) unput(ctx context.Context, tx *db.Tx, by access.Actor, d Decision) error {
	list, err := rulingsOf(ctx, tx, d.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	if err := dropRulings(ctx, tx, d.ID); err != nil {
		return err
	}
	gone := make([]journal.Pair, len(list))
	for i, v := range list {
		gone[i] = journal.Pair{Before: v}
	}
	return journal.RecordMany(ctx, tx, by, "funding.ruling.take_back", gone)
}

// PublishDecision brings a decision out when it has been decided: applications
// become what it says, agreements are drafted, and everybody is told with reasons.
// An application that was withdrawn meanwhile gets nothing, and nobody moves up for
// it but by another decision.
func (s *Service) PublishDecision(ctx context.Context, by access.Actor, id ref.ID, version int64) (Decision, error) {
	return s.changeDecision(ctx, by, "funding.decision.publish", id, version, func(tx *db.Tx, g deciding, d *Decision) error {
		if d.State() != DecisionPut {
			return problem.New(problem.Conflict, "funding.decision.not_put")
		}
		if err := s.resolved(ctx, tx, by, g.call, d.Ref(), d.PutAt); err != nil {
			return err
		}
		list, err := rulingsOf(ctx, tx, d.ID)
		if err != nil {
			return err
		}
		if err := s.apply(ctx, tx, g, d, list); err != nil {
			return err
		}
		if d.Kind != OnOrder {
			return nil
		}
		if err := s.Panels.DecidedIn(ctx, tx, by, d.PanelID); err != nil {
			return err
		}
		thing, err := roundRef(ctx, tx, g.call, d.Round)
		if err != nil {
			return err
		}
		return s.Obligations.Settle(ctx, tx, g.as, thing, DecideOwed, obligations.Kept, s.today(tx))
	})
}

// resolved judges that those who decide have decided about a thing after it was put
// before them: for the law's kinds the commission, else the lead of the funder.
func (s *Service) resolved(ctx context.Context, tx *db.Tx, by access.Actor, c Call, thing ref.Ref, since db.Time) error {
	if !ByLaw(c.Kind) {
		if !by.LeadsOrg(c.FunderID) && !by.IsPortal() {
			return problem.New(problem.Forbidden, "funding.decision.lead_decides")
		}
		return nil
	}
	said, err := s.resolution(ctx, tx, c, thing)
	if err != nil {
		return err
	}
	return said.decided(since)
}

// resolution is what a commission of the funder has said about a thing.
func (s *Service) resolution(ctx context.Context, tx *db.Tx, c Call, thing ref.Ref) (r Resolution, err error) {
	o, ok, err := s.Panels.OutcomeOf(ctx, tx, thing)
	if err != nil || !ok || o.Owner.ID != c.FunderID {
		return r, err
	}
	return Resolution{At: o.Item.ClosedAt, Adopted: o.Result == panels.Adopted, Amended: !o.Departure.IsZero(), Text: o.Decision, Reason: o.Departure, Meeting: o.Meeting.Ref()}, nil
}

// PutOnAgenda puts a decision that was put, or an appeal that is heard, on the
// agenda of a meeting of a commission of the funder, in the words of a motion.
func (s *Service) PutOnAgenda(ctx context.Context, by access.Actor, thing ref.Ref, meeting ref.ID, title, motion i18n.Text) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		call, err := s.toBeHeard(ctx, tx, thing)
		if err != nil {
			return err
		}
		c, err := s.checkedCall(ctx, tx, by, call)
		if err != nil {
			return err
		}
		if !ByLaw(c.Kind) {
			return problem.New(problem.Conflict, "funding.decision.lead_decides")
		}
		coming, err := s.Panels.ComingIn(ctx, tx, c.FunderID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(coming, func(m panels.Meeting) bool { return m.ID == meeting }) {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		thing.Title, thing.Path = c.Title, c.Ref().Path // what everybody may follow before it is decided
		_, err = s.Panels.AddItemIn(ctx, tx, by, meeting, panels.NewItem{Subject: thing, Title: title, Proposal: motion})
		return err
	})
}

// toBeHeard gives the call of a thing about which a commission can be asked.
func (s *Service) toBeHeard(ctx context.Context, tx *db.Tx, thing ref.Ref) (call ref.ID, err error) {
	switch thing.Kind {
	case KindDecision:
		d, err := decisionByID(ctx, tx, thing.ID)
		if err == nil && d.State() != DecisionPut {
			err = problem.New(problem.Conflict, "funding.decision.not_put")
		}
		return d.CallID, err
	case KindAppeal:
		a, err := appealByID(ctx, tx, thing.ID)
		if err == nil {
			err = a.open()
		}
		return a.CallID, err
	}
	return 0, problem.New(problem.NotFound, "problem.not_found")
}

// agenda is where a thing stands with the commissions of the funder.
func (s *Service) agenda(ctx context.Context, tx *db.Tx, c Call, thing ref.Ref) (a Agenda, err error) {
	if !ByLaw(c.Kind) {
		return a, nil
	}
	a.ByLaw = true
	if a.Resolution, err = s.resolution(ctx, tx, c, thing); err != nil {
		return a, err
	}
	items, err := s.Panels.AgendaOf(ctx, tx, thing)
	if err != nil {
		return a, err
	}
	for _, i := range items {
		m, err := s.Panels.MeetingIn(ctx, tx, i.MeetingID)
		if err != nil {
			return a, err
		}
		a.On = append(a.On, m.Ref())
	}
	a.Coming, err = s.Panels.ComingIn(ctx, tx, c.FunderID)
	return a, err
}

// Agenda is where a thing stands with the commissions of the funder, for the law's
// kinds.
type Agenda struct {
	ByLaw      bool
	Resolution Resolution
	On         []ref.Ref        // the meetings on whose agenda it is or was, the newest first
	Coming     []panels.Meeting // those that can still take it
}

// apply has applications become what a decision says, within the money of the
// round as it is now.
func (s *Service) apply(ctx context.Context, tx *db.Tx, g deciding, d *Decision, list []Ruling) error {
	bound, err := boundInRound(ctx, tx, g.call.ID, g.round.No)
	if err != nil {
		return err
	}
	byID := map[ref.ID]Ruling{}
	for i := range list {
		byID[list[i].ApplicationID] = list[i]
	}
	won, err := wonIn(ctx, tx, g.call, 0)
	if err != nil {
		return err
	}
	left := g.call.left(g.round, bound)
	for part := range slices.Chunk(list, 200) {
		ids := make([]ref.ID, len(part))
		for i, v := range part {
			ids[i] = v.ApplicationID
		}
		some, err := applicationsByIDs(ctx, tx, ids)
		if err != nil {
			return err
		}
		if err := s.applyPart(ctx, tx, g, *d, byID, won, some); err != nil {
			return err
		}
	}
	for i, v := range list {
		list[i] = byID[v.ApplicationID]
		left -= list[i].Granted
	}
	if left < 0 {
		return problem.New(problem.Conflict, "funding.decision.over_round", "left", i18n.Tiyn(max(g.call.left(g.round, bound), 0)), "over", i18n.Tiyn(-left))
	}
	if err := d.publish(db.At(tx.Now()), list); err != nil {
		return err
	}
	if err := s.recountOthers(ctx, tx, g.call, g.round.No); err != nil {
		return err
	}
	return jobs.Enqueue(ctx, tx, tellDecision{Decision: d.ID})
}

// applyPart decides about some applications, and notes in said which of them fell
// out meanwhile, and in won who wins.
func (s *Service) applyPart(ctx context.Context, tx *db.Tx, g deciding, d Decision, said map[ref.ID]Ruling, won Won, some []Application) error {
	var changed []journal.Pair
	var funded []grantedTo
	states := map[ApplicationState][]ref.ID{}
	for _, before := range some {
		a, v := before, said[before.ID]
		if a.State == Withdrawn {
			if err := s.fallOut(ctx, tx, g.as, &v); err != nil {
				return err
			}
			said[a.ID] = v
			continue
		}
		if !d.Kind.takes(a.State) {
			return problem.New(problem.Conflict, "funding.decision.changed_meanwhile", "number", a.Number)
		}
		if v.Outcome == Funded && (Cut{Wins: g.call.WinsPerOrg}).full(won, a.OrgID) {
			if err := s.haveEnough(ctx, tx, g.as, &v); err != nil {
				return err
			}
			said[a.ID] = v
		}
		if err := a.decide(v); err != nil {
			return err
		}
		a.Version++
		won[a.OrgID] += b2i(a.State == Funded)
		changed = append(changed, journal.Pair{Before: before, After: a})
		states[a.State] = append(states[a.State], a.ID)
		if a.State == Funded {
			funded = append(funded, grantedTo{a, v.Granted})
		}
	}
	for state, ids := range states {
		if _, err := tx.Exec(ctx, `UPDATE applications SET state = $1, version = version + 1 WHERE id IN `+db.In(2, len(ids)), db.Args([]any{string(state)}, ids)...); err != nil {
			return err
		}
	}
	if err := journal.RecordMany(ctx, tx, g.as, "funding.application.decide", changed); err != nil {
		return err
	}
	return s.fund(ctx, tx, g, d, funded)
}

// fallOut notes that an application was withdrawn before it was decided about.
func (s *Service) fallOut(ctx context.Context, tx *db.Tx, by access.Actor, v *Ruling) error {
	before := *v
	v.Outcome, v.Granted, v.Version = Withdrawn, 0, v.Version+1
	if err := updateRuling(ctx, tx, *v); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "funding.ruling.fall_out", before, *v)
}

// haveEnough notes that an organization won elsewhere in the call, after the
// decision was put, as many as it may: this one of its applications stays in reserve.
func (s *Service) haveEnough(ctx context.Context, tx *db.Tx, by access.Actor, v *Ruling) error {
	before := *v
	v.Outcome, v.Granted, v.Version = Reserve, 0, v.Version+1
	if v.Reason.IsZero() {
		v.Reason = wonEnough
	}
	if err := updateRuling(ctx, tx, *v); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "funding.ruling.won_enough", before, *v)
}

// wonEnough is the reason of a ruling that a limit of the call made.
var wonEnough = i18n.Text{
	KK: "Ұйым осы конкурста рұқсат етілген ең көп жеңіске жеткен.",
	RU: "Организация уже победила в этом конкурсе столько раз, сколько допускают его условия.",
	EN: "The organization has already won as many times in this call as its terms allow.",
}

// wonIn counts by organization the applications of a call that are funded, those of
// a round left out; 0 leaves out none. Where the call has no bound nobody asks.
func wonIn(ctx context.Context, tx *db.Tx, c Call, but int) (Won, error) {
	won := Won{}
	if c.WinsPerOrg == 0 {
		return won, nil
	}
	orgs, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT org_id FROM applications WHERE call_id = $1 AND state = 'funded' AND round <> $2`, c.ID, but)
	for _, id := range orgs {
		won[id]++
	}
	return won, err
}

// fund binds money of the round for the winners of a decision and begins their
// agreements.
func (s *Service) fund(ctx context.Context, tx *db.Tx, g deciding, d Decision, won []grantedTo) error {
	if len(won) == 0 {
		return nil
	}
	ids := make([]ref.ID, len(won))
	for i, x := range won {
		ids[i] = x.ID
	}
	if _, err := tx.Exec(ctx, `UPDATE applications SET granted = (SELECT r.granted FROM rulings r WHERE r.decision_id = $1 AND r.application_id = applications.id)
		WHERE id IN `+db.In(2, len(ids)), db.Args([]any{d.ID}, ids)...); err != nil {
		return err
	}
	return s.draftAgreements(ctx, tx, g.as, g.call, won)
}

// tellDecision is the job that tells applicants what was decided, some at a time.
type tellDecision struct {
	Decision ref.ID `json:"decision"`
	After    ref.ID `json:"after"`
}

// JobKind names the job for ever.
func (tellDecision) JobKind() string { return "funding.decision.tell" }

const toldAtOnce = 50

// tellSome tells the next applicants of a decision.
func (s *Service) tellSome(ctx context.Context, tx *db.Tx, j tellDecision) error {
	d, err := decisionByID(ctx, tx, j.Decision)
	if err != nil {
		return err
	}
	c, err := callByID(ctx, tx, d.CallID)
	if err != nil {
		return err
	}
	list, err := db.All(ctx, tx, scanRuling, `SELECT `+rulingColumns+` FROM rulings WHERE decision_id = $1 AND id > $2 ORDER BY id LIMIT $3`, d.ID, int64(j.After), toldAtOnce)
	if err != nil || len(list) == 0 {
		return err
	}
	for _, v := range list {
		if v.Outcome == Withdrawn {
			continue
		}
		a, err := applicationByID(ctx, tx, v.ApplicationID)
		if err != nil {
			return err
		}
		said, err := s.saidOf(ctx, tx, d, a)
		if err != nil {
			return err
		}
		if s.Tell != nil {
			if err := s.Tell(ctx, tx, ApplicationLetter{Application: a, Call: c, Ruling: v, Said: said, AppealUntil: s.appealUntil(c, db.DateOf(d.PublishedAt.In(s.Zone)))}); err != nil {
				return err
			}
		}
	}
	return jobs.Enqueue(ctx, tx, tellDecision{d.ID, list[len(list)-1].ID})
}

// CriterionSaid is what the experts gave and said by one criterion.
type CriterionSaid struct {
	panels.Criterion
	Mean float64 // points of Max
	Said []ExpertSaid
}

// ExpertSaid is what one expert said; No is the number in the panel.
type ExpertSaid struct {
	No      int
	Points  int
	Comment string
}

// saidOf is what the experts of a decision said of an application, by criterion.
func (s *Service) saidOf(ctx context.Context, tx *db.Tx, d Decision, a Application) ([]CriterionSaid, error) {
	p, judged, err := s.Panels.JudgedOf(ctx, tx, d.PanelID, a.Ref())
	if problem.Is(err, problem.NotFound) || problem.Is(err, problem.Conflict) {
		return nil, nil // no expert had it
	}
	return byCriterion(p.Criteria, judged), err
}

func byCriterion(criteria []panels.Criterion, judged []panels.Judged) []CriterionSaid {
	if len(judged) == 0 {
		return nil
	}
	out := make([]CriterionSaid, len(criteria))
	for i, c := range criteria {
		out[i].Criterion = c
		for _, j := range judged {
			k := slices.IndexFunc(j.Scores, func(x panels.Score) bool { return x.Code == c.Code })
			if k < 0 {
				continue
			}
			out[i].Mean += float64(j.Scores[k].Points) / float64(len(judged))
			out[i].Said = append(out[i].Said, ExpertSaid{j.Expert, j.Scores[k].Points, j.Scores[k].Comment})
		}
	}
	return out
}

// DecisionStory is what the page of a decision tells to the funder's side.
type DecisionStory struct {
	Decision Decision
	Call     Call
	Round    Round
	// Lines are what it says; of what was put, as it was put.
	Lines []Line
	// Counting tells that how firm the places are is still being counted.
	Counting bool
	Left     int64 // in the round before this decision, tiyn
	// Over is by how much a decision that was put gives more than the round has by now,
	// in tiyn; 0 when it does not.
	Over int64
	Agenda
	MayPublish bool
	Districts  int // percent
}

// DecisionStory tells of a decision to the funder's side.
func (s *Service) DecisionStory(ctx context.Context, by access.Actor, id ref.ID) (st DecisionStory, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		st = DecisionStory{}
		if st.Decision, err = decisionByID(ctx, tx, id); err != nil {
			return err
		}
		d := st.Decision
		g, err := s.deciding(ctx, tx, by, d.CallID, d.Round)
		if err != nil {
			return err
		}
		st.Call, st.Round = g.call, g.round
		if d.State() == DecisionDraft {
			lines, whole, b, err := s.proposal(ctx, tx, g, d)
			if err != nil {
				return err
			}
			st.Lines, st.Counting, st.Left = lines, !whole, b.left
		} else if err := s.putLines(ctx, tx, g, &st); err != nil {
			return err
		}
		if d.State() == DecisionPut {
			st.Over = max(0, d.Sum-st.Left)
		}
		if st.Agenda, err = s.agenda(ctx, tx, g.call, d.Ref()); err != nil {
			return err
		}
		st.Districts = s.toDistricts(st.Lines)
		st.MayPublish = d.State() == DecisionPut && s.resolved(ctx, tx, by, g.call, d.Ref(), d.PutAt) == nil
		return nil
	})
	return st, err
}

// putLines are the lines of a decision that was put.
func (s *Service) putLines(ctx context.Context, tx *db.Tx, g deciding, st *DecisionStory) error {
	list, err := rulingsOf(ctx, tx, st.Decision.ID)
	if err != nil {
		return err
	}
	applied := byID(g.applied)
	for i, v := range list {
		l := Line{Placed: Placed{Applied: applied[v.ApplicationID], Standing: v.standing(), Work: i, Stays: v.Stays}, ByOrder: v.Outcome, Outcome: v.Outcome, Granted: v.Granted, Reason: v.Reason}
		if v.Departs {
			l.ByOrder = ""
		}
		st.Lines = append(st.Lines, l)
	}
	bound, err := boundInRound(ctx, tx, g.call.ID, g.round.No)
	if st.Left = g.call.left(g.round, bound); st.Decision.State() == DecisionPublished {
		st.Left += st.Decision.Sum
	}
	return err
}

package projects

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Story is everything that a project's page tells.
type Story struct {
	Project   Project
	Day       db.Date // as of which it is told
	Status    Status
	Programme Programme // zero when there is none
	ByYear    []YearMoney
	Events    []Event  // the latest first
	Reports   []Report // in the order of their periods
	Results   []Result
	Orgs      map[ref.ID]ref.Ref
	Owed      []obligations.Obligation
	// Files are those that the reader may know of. Of a hidden one a stranger
	// knows that it is hidden and why.
	Files []File
	// Past are the latest public entries about the project, newest first.
	Past []journal.Deed
	// Who may do what with the project, for the buttons of the page.
	May May
}

// Result is one indicator with what came of it.
type Result struct {
	Indicator
	Actual   Value   `json:"actual"`
	Progress float64 `json:"progress"` // 0 to 1
	Told     bool    `json:"told"`     // whether progress can be told
}

// May tells what the reader may do on the page.
type May struct{ Edit, Run, Report, Submit bool }

// Story tells the whole story of a project: at most eight queries.
func (s *Service) Story(ctx context.Context, by access.Actor, id ref.ID) (Story, error) {
	return s.read(ctx, by, id, timelineLength)
}

// Facts is Story without its past.
func (s *Service) Facts(ctx context.Context, by access.Actor, id ref.ID) (Story, error) {
	return s.read(ctx, by, id, 0)
}

func (s *Service) read(ctx context.Context, by access.Actor, id ref.ID, past int) (st Story, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err := s.visible(ctx, tx, by, id)
		if err != nil {
			return err
		}
		st = Story{Project: p, Day: s.today(tx), May: s.mays(by, p)}
		if st.Events, err = eventsOf(ctx, tx, id); err != nil {
			return err
		}
		if st.Reports, err = reportsOf(ctx, tx, id); err != nil {
			return err
		}
		if st.Files, err = filesOf(ctx, tx, id); err != nil {
			return err
		}
		if st.Owed, err = s.obligations.Told(ctx, tx, p.Ref()); err != nil {
			return err
		}
		if past > 0 {
			if st.Past, err = journal.Acts(ctx, tx, p.Ref(), past); err != nil {
				return err
			}
		}
		if err := s.name(ctx, tx, &st); err != nil {
			return err
		}
		st.tell(by)
		return nil
	})
	return st, err
}

// timelineLength is how many entries the page tells.
const timelineLength = 40

// name loads what the story calls by name.
func (s *Service) name(ctx context.Context, tx *db.Tx, st *Story) (err error) {
	p := st.Project
	if p.Programme != 0 {
		if st.Programme, err = programmeByID(ctx, tx, p.Programme); err != nil {
			return err
		}
	}
	ids := []ref.ID{p.OrgID, p.FunderID}
	for _, partner := range p.Partners {
		ids = append(ids, partner.OrgID)
	}
	st.Orgs, err = refsOf(ctx, tx, ids)
	return err
}

// tell counts everything that follows from the rows, and leaves out what the
// reader may not see.
func (st *Story) tell(by access.Actor) {
	p := st.Project
	st.Status = p.StatusOn(st.Day)
	st.ByYear = p.MoneyByYear(st.Reports)
	st.Reports = slices.DeleteFunc(st.Reports, func(r Report) bool { return !maySeeReport(by, p, r) })
	for _, i := range p.Indicators {
		res := Result{Indicator: i, Actual: i.ActualOf(st.Reports)}
		res.Progress, res.Told = i.Progress(res.Actual)
		st.Results = append(st.Results, res)
	}
	st.tellFiles(by)
	for i := range st.Reports {
		st.Reports[i] = st.Reports[i].Shown(p.Sheltered())
	}
	if !by.WorksFor(p.OrgID) {
		for i := range st.Events {
			st.Events[i] = st.Events[i].Shown()
		}
	}
	st.Owed = slices.DeleteFunc(st.Owed, func(o obligations.Obligation) bool { return !o.ShownToAll && !st.May.Run && !st.May.Report })
}

// tellFiles leaves out files that the reader may not know of: it is called while
// the reports are those that he may see and the events still tell all.
func (st *Story) tellFiles(by access.Actor) {
	closed, reports := map[ref.ID]bool{}, map[ref.ID]bool{}
	for _, e := range st.Events {
		closed[e.ID] = e.Closed
	}
	for _, r := range st.Reports {
		reports[r.ID] = true
	}
	inside := st.May.Edit || by.WorksFor(st.Project.OrgID)
	var seen []File
	for _, f := range st.Files {
		switch {
		case !f.WithdrawnOn.IsZero(), f.Part == OfReport && !reports[f.PartID]:
		case inside || f.ShownOn(st.Project, closed[f.PartID]):
			seen = append(seen, f.seenBy(inside))
		case !f.HiddenOn.IsZero() && f.ForAll && !f.Hidden:
			seen = append(seen, File{ID: f.ID, ProjectID: f.ProjectID, Part: f.Part, PartID: f.PartID, Sort: f.Sort, HiddenOn: f.HiddenOn, HiddenReason: f.HiddenReason})
		}
	}
	st.Files = seen
}

// seenBy is a file as strangers see it: that there is a consent, and not where
// its paper lies.
func (f File) seenBy(inside bool) File {
	if !inside {
		f.Consent.Keeper = ""
	}
	return f
}

// FilesOf gives the files of a part of the project that the reader may know of.
func (st Story) FilesOf(part Belongs, id ref.ID, sorts ...FileSort) []File {
	var list []File
	for _, f := range st.Files {
		if f.Part == part && f.PartID == id && (len(sorts) == 0 || slices.Contains(sorts, f.Sort)) {
			list = append(list, f)
		}
	}
	return list
}

func (s *Service) mays(by access.Actor, p Project) (m May) {
	allowed := func(err error) bool { return err == nil }
	around := s.around(p)
	_, err := mayDraft(by, p, around)
	m.Edit = by.SignedIn() && allowed(err)
	_, err = mayRunCycle(by, p, around)
	m.Run = by.SignedIn() && allowed(err)
	_, err = mayAnnounce(by, p)
	m.Report = by.SignedIn() && allowed(err)
	_, err = maySubmitReport(by, p)
	m.Submit = by.SignedIn() && allowed(err)
	return m
}

// EventsHeld counts the confirmed events and all that were not called off.
func (st Story) EventsHeld() (held, all int) {
	for _, e := range st.Events {
		switch e.StateOn(st.Day) {
		case EventConfirmed:
			held++
			all++
		case EventAhead, EventAwaited:
			all++
		}
	}
	return held, all
}

// Reached adds up the people whom the counted reports tell of.
func (st Story) Reached() (n int64) {
	for _, r := range st.Reports {
		if r.State.Counts() {
			n += r.Beneficiaries
		}
	}
	return n
}

// StoryOn tells the story as it stood at the end of a past day, from the journal.
func (s *Service) StoryOn(ctx context.Context, by access.Actor, id ref.ID, day db.Date) (st Story, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		now, err := s.visible(ctx, tx, by, id)
		if err != nil {
			return err
		}
		st = Story{Day: day}
		end := db.At(day.AddDays(1).In(s.zone))
		if err := s.remember(ctx, tx, now, end, &st); err != nil {
			return err
		}
		if st.Files, err = filesOf(ctx, tx, id); err != nil { // as they are now: what was withdrawn since stays away
			return err
		}
		st.Files = slices.DeleteFunc(st.Files, func(f File) bool { return f.AddedOn.After(day) })
		if st.Project.ID == 0 {
			return problem.New(problem.NotFound, "projects.not_there_yet", "day", day)
		}
		if err := s.name(ctx, tx, &st); err != nil {
			return err
		}
		st.tell(by)
		return nil
	})
	return st, err
}

// remembered is the state of one thing by its last entry before an instant.
type remembered struct {
	kind string
	gone bool
	body string
}

func scanRemembered(r db.Row) (m remembered, err error) {
	err = r.Scan(&m.kind, &m.gone, &m.body)
	return m, err
}

// remember rebuilds the project and its parts from their last entries before an
// instant.
func (s *Service) remember(ctx context.Context, tx *db.Tx, p Project, before db.Time, st *Story) error {
	parts, err := db.All(ctx, tx, scanRemembered, `SELECT e.kind, e.gone, b.body FROM journal_entries e
		JOIN journal_bodies b ON b.entry_id = e.id
		WHERE e.root_kind = $1 AND e.root_id = $2 AND e.at < $3 AND NOT EXISTS (SELECT 1 FROM journal_entries l
			WHERE l.kind = e.kind AND l.thing_id = e.thing_id AND l.version > e.version AND l.at < $3)
		ORDER BY e.id`, KindProject, p.ID, before)
	if err != nil {
		return err
	}
	for _, m := range parts {
		if err := st.take(m); err != nil {
			return err
		}
	}
	slices.SortStableFunc(st.Events, func(a, b Event) int { return b.On.Compare(a.On) })
	slices.SortStableFunc(st.Reports, func(a, b Report) int { return a.No - b.No })
	return nil
}

func (st *Story) take(m remembered) error {
	if m.gone {
		return nil
	}
	var into any
	var e Event
	var r Report
	var o obligations.Obligation
	switch m.kind {
	case KindProject:
		into = &st.Project
	case KindEvent:
		into = &e
	case KindReport:
		into = &r
	case obligations.Kind:
		into = &o
	default:
		return nil
	}
	body := struct {
		After json.RawMessage `json:"after"`
	}{}
	if err := json.Unmarshal([]byte(m.body), &body); err != nil {
		return fmt.Errorf("projects: an entry of the past: %w", err)
	}
	if err := json.Unmarshal(body.After, into); err != nil {
		return fmt.Errorf("projects: an entry of the past: %w", err)
	}
	switch m.kind {
	case KindEvent:
		st.Events = append(st.Events, e)
	case KindReport:
		st.Reports = append(st.Reports, r)
	case obligations.Kind:
		st.Owed = append(st.Owed, o)
	}
	return nil
}

// inOrder gives projects in the order of the ids; hidden ones are left out.
func inOrder(rows []Project, ids []ref.ID) []Project {
	byID := make(map[ref.ID]Project, len(rows))
	for _, p := range rows {
		byID[p.ID] = p
	}
	out := make([]Project, 0, len(rows))
	for _, id := range ids {
		if p, ok := byID[id]; ok && !p.Hidden {
			out = append(out, p)
		}
	}
	return out
}

// OfOrg lists the projects that an organization carries out or pays for.
func (s *Service) OfOrg(ctx context.Context, tx *db.Tx, org ref.ID) ([]Project, error) {
	return projectsOfOrg(ctx, tx, org)
}

// EventsAhead gives the open events from today on, the soonest first.
func (s *Service) EventsAhead(ctx context.Context, limit int) (list []Event, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = eventsFrom(ctx, tx, s.today(tx), limit)
		return err
	})
	return list, err
}

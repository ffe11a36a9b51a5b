package projects

import (
	"context"
	"strconv"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Programme is a set of linked projects under one funder.
type Programme struct {
	ID       ref.ID    `json:"id"`
	Title    i18n.Text `json:"title"`
	About    i18n.Text `json:"about"` // what it pays for
	FunderID ref.ID    `json:"funder_id"`
	RunnerID ref.ID    `json:"runner_id,omitempty"` // who runs it, when it is not the funder
	PlaceID  ref.ID    `json:"place_id"`
	From     int       `json:"from"` // years, both inclusive
	To       int       `json:"to"`
	// Years is the money set aside for each year; what is agreed and paid is
	// counted from the projects.
	Years   []YearPlan `json:"years,omitempty"`
	Sample  bool       `json:"sample"`
	Version int64      `json:"version"`
}

// Ref names the programme.
func (p Programme) Ref() ref.Ref {
	return ref.Ref{Kind: KindProgramme, ID: p.ID, Title: p.Title, Path: "/programmes/" + p.ID.String()}
}

// JournalVersion is the version of the row.
func (p Programme) JournalVersion() int64 { return p.Version }

// Public tells that everybody may see programmes.
func (p Programme) Public() bool { return true }

// Check judges the programme on its own.
func (p Programme) Check() error {
	var bad problem.Fields
	bad.Reject(p.Title.IsZero(), "title", "form.required")
	bad.Reject(p.FunderID == 0, "funder", "form.required")
	bad.Reject(p.From < firstYear || p.From > lastYear, "from", "projects.year_out_of_range")
	bad.Reject(p.To < p.From || p.To > lastYear, "to", "form.ends_before_start")
	seen := map[int]bool{}
	for i, y := range p.Years {
		bad.Reject(y.Sum < 0, field("years", i)+"sum", "form.negative")
		bad.Reject(seen[y.Year], field("years", i)+"year", "projects.year_twice")
		bad.Reject(y.Year < p.From || y.Year > p.To, field("years", i)+"year", "projects.year_outside")
		seen[y.Year] = true
	}
	return bad.Err()
}

// SetAside is the money of all years.
func (p Programme) SetAside() (sum int64) {
	for _, y := range p.Years {
		sum += y.Sum
	}
	return sum
}

// Span is the years of a programme as they are written: "2023–2028".
func (p Programme) Span() string {
	if p.From == p.To {
		return strconv.Itoa(p.From)
	}
	return strconv.Itoa(p.From) + "–" + strconv.Itoa(p.To)
}

// mayKeepProgramme: the lead or an officer of the funder, and officers of the
// places around.
func (s *Service) mayKeepProgramme(by access.Actor, p Programme) (access.Actor, error) {
	as, ok := funderSide(by, Project{FunderID: p.FunderID}, s.places.Tree().Path(p.PlaceID))
	if !ok {
		return by, problem.New(problem.Forbidden, "projects.only_funder_side")
	}
	return as, nil
}

// MayKeepProgramme tells whether the actor may change the programme.
func (s *Service) MayKeepProgramme(by access.Actor, p Programme) bool {
	_, err := s.mayKeepProgramme(by, p)
	return by.SignedIn() && err == nil
}

func (s *Service) judgeProgramme(ctx context.Context, tx *db.Tx, p Programme) error {
	if err := p.Check(); err != nil {
		return err
	}
	there, err := refsOf(ctx, tx, []ref.ID{p.FunderID, p.RunnerID})
	if err != nil {
		return err
	}
	var bad problem.Fields
	known := func(id ref.ID) bool { _, ok := there[id]; return ok || id == 0 }
	bad.Reject(!known(p.FunderID), "funder", "form.unknown_choice")
	bad.Reject(!known(p.RunnerID), "runner", "form.unknown_choice")
	_, ok := s.places.Tree().Place(p.PlaceID)
	bad.Reject(p.PlaceID != 0 && !ok, "place", "form.unknown_choice")
	return bad.Err()
}

// CreateProgramme adds a programme of a funder.
func (s *Service) CreateProgramme(ctx context.Context, by access.Actor, p Programme) (Programme, error) {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		p.ID, p.Version = tx.NewID(), 1
		as, err := s.mayKeepProgramme(by, p)
		if err != nil {
			return err
		}
		if err := s.judgeProgramme(ctx, tx, p); err != nil {
			return err
		}
		if err := insertProgramme(ctx, tx, p); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "projects.programme.create", nil, p)
	})
	return p, err
}

// EditProgramme changes what is told about a programme; its funder stays.
func (s *Service) EditProgramme(ctx context.Context, by access.Actor, id ref.ID, version int64, n Programme) (p Programme, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := programmeByID(ctx, tx, id)
		if err != nil {
			return err
		}
		as, err := s.mayKeepProgramme(by, before)
		if err != nil {
			return err
		}
		if version != before.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		p = before
		p.Title, p.About, p.RunnerID, p.PlaceID, p.From, p.To, p.Years = n.Title, n.About, n.RunnerID, n.PlaceID, n.From, n.To, n.Years
		p.Version++
		if err := s.judgeProgramme(ctx, tx, p); err != nil {
			return err
		}
		if s.MayCut != nil {
			if err := s.MayCut(ctx, tx, before, p); err != nil {
				return err
			}
		}
		if err := updateProgramme(ctx, tx, p); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "projects.programme.edit", before, p)
	})
	return p, err
}

// ProgrammeIn finds a programme for the transaction of another room.
func ProgrammeIn(ctx context.Context, tx *db.Tx, id ref.ID) (Programme, error) {
	return programmeByID(ctx, tx, id)
}

// Programmes lists all programmes, the latest first.
func (s *Service) Programmes(ctx context.Context) (list []Programme, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = allProgrammes(ctx, tx)
		return err
	})
	return list, err
}

// ProgrammesByIDs gives the programmes with these ids.
func (s *Service) ProgrammesByIDs(ctx context.Context, ids []ref.ID) (map[ref.ID]Programme, error) {
	byID := map[ref.ID]Programme{}
	if len(ids) == 0 {
		return byID, nil
	}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		list, err := programmesByIDs(ctx, tx, unique(ids))
		for _, p := range list {
			byID[p.ID] = p
		}
		return err
	})
	return byID, err
}

// ProgrammeSum adds up the agreed projects of a programme, in tiyn.
type ProgrammeSum struct {
	Programme              ref.ID
	Projects               int64
	Agreed, Paid, Accepted int64
}

// ProgrammeSums adds up the agreed projects of every programme.
func (s *Service) ProgrammeSums(ctx context.Context) (sums map[ref.ID]ProgrammeSum, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err := programmeSums(ctx, tx)
		sums = make(map[ref.ID]ProgrammeSum, len(list))
		for _, x := range list {
			sums[x.Programme] = x
		}
		return err
	})
	return sums, err
}

// ProgrammeStory is what the page of a programme tells.
type ProgrammeStory struct {
	Programme Programme
	Day       db.Date
	ByYear    []YearMoney // of the agreed projects
	Projects  []Project   // the latest first
	More      bool        // there are older ones than Projects
	Orgs      map[ref.ID]ref.Ref
	Past      []journal.Deed
	MayKeep   bool
}

// programmePage is how many projects one page of a programme lists.
const programmePage = 50

// ProgrammeStory tells of a programme and of its projects older than an id; 0 is
// no bound.
func (s *Service) ProgrammeStory(ctx context.Context, by access.Actor, id, before ref.ID) (st ProgrammeStory, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		st = ProgrammeStory{Day: s.today(tx)}
		if st.Programme, err = programmeByID(ctx, tx, id); err != nil {
			return err
		}
		st.MayKeep = s.MayKeepProgramme(by, st.Programme)
		if st.ByYear, err = programmeYears(ctx, tx, id); err != nil {
			return err
		}
		if st.Projects, err = projectsOfProgramme(ctx, tx, id, before, programmePage+1); err != nil {
			return err
		}
		if st.More = len(st.Projects) > programmePage; st.More {
			st.Projects = st.Projects[:programmePage]
		}
		if st.Past, err = journal.Acts(ctx, tx, st.Programme.Ref(), timelineLength); err != nil {
			return err
		}
		ids := []ref.ID{st.Programme.FunderID, st.Programme.RunnerID}
		for _, p := range st.Projects {
			ids = append(ids, p.OrgID)
		}
		st.Orgs, err = refsOf(ctx, tx, ids)
		return err
	})
	return st, err
}

package orgs

import (
	"context"
	"slices"
	"strconv"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// ReturnKind is the kind of the obligation to file a yearly return.
const ReturnKind = "orgs.return"

// ReturnLaw is the law that asks for the yearly return, due on 31 March.
var ReturnLaw = i18n.Text{
	KK: "«Коммерциялық емес ұйымдар туралы» заңның 41-бабының 5-тармағы",
	RU: "пункт 5 статьи 41 Закона «О некоммерческих организациях»",
	EN: "Article 41(5) of the Law “On non-profit organizations”",
}

// Shown says who sees a field of a return.
type Shown string

// The three circles of readers.
const (
	ShownToAll   Shown = "all"
	ShownToState Shown = "state" // officers of the place, and the organization
	ShownToSelf  Shown = "self"  // the organization alone
)

// ReturnData is what an NGO says of a year. Sums are in tiyn. People are counts,
// never names.
type ReturnData struct {
	Activity        i18n.Text `json:"activity"`
	Projects        int64     `json:"projects"`
	PeopleHelped    int64     `json:"people_helped"`
	Volunteers      int64     `json:"volunteers"`
	Staff           int64     `json:"staff"`
	Members         int64     `json:"members"`
	IncomeState     int64     `json:"income_state"`
	IncomeGrants    int64     `json:"income_grants"`
	IncomeBusiness  int64     `json:"income_business"`
	IncomeDonations int64     `json:"income_donations"`
	IncomeOwn       int64     `json:"income_own"`
	IncomeForeign   int64     `json:"income_foreign"`
	SpentProjects   int64     `json:"spent_projects"`
	SpentPay        int64     `json:"spent_pay"`
	SpentOffice     int64     `json:"spent_office"`
	Property        i18n.Text `json:"property"`
	Note            i18n.Text `json:"note"`
	// Chosen is who sees a field where the organization chose otherwise than the
	// form proposes, by the field's name.
	Chosen map[string]Shown `json:"chosen,omitempty"`
}

// ReturnField is one field of the return and who sees it. Exactly one of the
// pointers is set.
type ReturnField struct {
	Name  string
	Shown Shown
	// Fixed fields are public whatever the organization wishes: what it does, and
	// what it had from the state.
	Fixed bool
	// People tells that Count counts natural persons.
	People bool
	Text   *i18n.Text
	Count  *int64
	Money  *int64
}

// Circles are the choices of who sees a field, the widest first.
var Circles = []Shown{ShownToAll, ShownToState, ShownToSelf}

// Fields lists the fields of d in the order of the form, each with who sees it.
func (d *ReturnData) Fields() []ReturnField {
	fields := d.proposed()
	for i, f := range fields {
		if chosen, ok := d.Chosen[f.Name]; ok && !f.Fixed {
			fields[i].Shown = chosen
		}
	}
	return fields
}

// proposed lists the fields with who sees them unless the organization says
// otherwise.
func (d *ReturnData) proposed() []ReturnField {
	return []ReturnField{
		{Name: "activity", Shown: ShownToAll, Fixed: true, Text: &d.Activity},
		{Name: "projects", Shown: ShownToAll, Count: &d.Projects},
		{Name: "people_helped", Shown: ShownToAll, People: true, Count: &d.PeopleHelped},
		{Name: "volunteers", Shown: ShownToAll, People: true, Count: &d.Volunteers},
		{Name: "staff", Shown: ShownToState, People: true, Count: &d.Staff},
		{Name: "members", Shown: ShownToState, People: true, Count: &d.Members},
		{Name: "income_state", Shown: ShownToAll, Fixed: true, Money: &d.IncomeState},
		{Name: "income_grants", Shown: ShownToAll, Money: &d.IncomeGrants},
		{Name: "income_business", Shown: ShownToAll, Money: &d.IncomeBusiness},
		{Name: "income_donations", Shown: ShownToState, Money: &d.IncomeDonations},
		{Name: "income_own", Shown: ShownToState, Money: &d.IncomeOwn},
		{Name: "income_foreign", Shown: ShownToState, Money: &d.IncomeForeign},
		{Name: "spent_projects", Shown: ShownToAll, Money: &d.SpentProjects},
		{Name: "spent_pay", Shown: ShownToState, Money: &d.SpentPay},
		{Name: "spent_office", Shown: ShownToState, Money: &d.SpentOffice},
		{Name: "property", Shown: ShownToState, Text: &d.Property},
		{Name: "note", Shown: ShownToSelf, Text: &d.Note},
	}
}

// Return is the yearly return of an NGO. Its rows are made when the year is over
// and filled in until the end of March.
type Return struct {
	ID          ref.ID  `json:"id"`
	Version     int64   `json:"version"`
	OrgID       ref.ID  `json:"org_id"`
	Year        int     `json:"year"`
	SubmittedOn db.Date `json:"submitted_on"`
	ReturnData
}

// Ref names the return to other rooms.
func (y Return) Ref() ref.Ref {
	return ref.Ref{Kind: "organization_return", ID: y.ID, Path: "/organizations/return/" + y.OrgID.String() + "/" + strconv.Itoa(y.Year)}
}

// Root is the organization.
func (y Return) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: y.OrgID} }

// JournalVersion is the version of the row.
func (y Return) JournalVersion() int64 { return y.Version }

// Public tells that the entry, which holds every field, is not for strangers:
// that a return came is told by its obligation.
func (y Return) Public() bool { return false }

// For is the return as a circle of readers sees it.
func (y Return) For(circle Shown) Return {
	for _, f := range y.ReturnData.Fields() {
		if f.Visible(circle) {
			continue
		}
		switch {
		case f.Text != nil:
			*f.Text = i18n.Text{}
		case f.Count != nil:
			*f.Count = 0
		case f.Money != nil:
			*f.Money = 0
		}
	}
	return y
}

// Visible tells whether a circle of readers sees a field.
func (f ReturnField) Visible(circle Shown) bool {
	return f.Shown == ShownToAll || circle == ShownToSelf || circle == f.Shown
}

// FewestPeople is the smallest count of natural persons that strangers are told.
const FewestPeople = 5

// Few tells that the field counts so few people that strangers are not told how
// many.
func (f ReturnField) Few(circle Shown) bool {
	return f.People && circle == ShownToAll && *f.Count > 0 && *f.Count < FewestPeople
}

func (d *ReturnData) check() error {
	var bad problem.Fields
	for _, f := range d.Fields() {
		switch {
		case f.Text != nil:
			*f.Text = f.Text.Trim()
			bad.Reject(tooLong(*f.Text, 5000), f.Name, "orgs.too_long", "max", 5000)
		case f.Count != nil:
			bad.Reject(*f.Count < 0 || *f.Count > 20_000_000, f.Name, "orgs.count_wrong")
		default:
			bad.Reject(*f.Money < 0, f.Name, "orgs.sum_wrong")
		}
	}
	bad.Reject(d.Activity.IsZero(), "activity", "orgs.activity_missing")
	for _, f := range d.proposed() {
		chosen, ok := d.Chosen[f.Name]
		bad.Reject(ok && !slices.Contains(Circles, chosen), f.Name, "form.unknown_choice")
		if f.Fixed || chosen == f.Shown {
			delete(d.Chosen, f.Name)
		}
	}
	return bad.Err()
}

// returnStep is how many returns one transaction makes.
const returnStep = 100

// OweReturns makes the returns of last year that are not there yet, for every
// NGO that existed in it, each an obligation due on 31 March, and tells how many
// it made. It runs every night.
func (s *Service) OweReturns(ctx context.Context) (made int, err error) {
	for {
		n := 0
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			year := s.today(tx).Year() - 1
			rows, err := withoutReturn(ctx, tx, year, returnStep)
			n = len(rows)
			for _, o := range rows {
				if err == nil {
					err = s.oweReturn(ctx, tx, o, year)
				}
			}
			return err
		})
		if err != nil {
			return made, err
		}
		made += n
		if n < returnStep {
			return made, nil
		}
	}
}

func (s *Service) oweReturn(ctx context.Context, tx *db.Tx, o Organization, year int) error {
	clock := access.Portal("clock")
	y := Return{ID: tx.NewID(), Version: 1, OrgID: o.ID, Year: year}
	if err := insertReturn(ctx, tx, y); err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, clock, "orgs.return.open", nil, y); err != nil {
		return err
	}
	_, err := s.Obligations.Owe(ctx, tx, clock, obligations.Debt{
		Kind: ReturnKind, WhatKey: "orgs.return.owed", WhatArgs: []string{"year", strconv.Itoa(year)},
		Ground: obligations.Law, GroundText: ReturnLaw, Thing: y.Ref(), Root: o.Ref(), Owner: o.Ref(),
		PlaceID: o.PlaceID, Due: db.Day(year+1, 3, 31), Sample: o.Sample,
	})
	return err
}

// ReturnFiled tells whether an organization has filed the latest return that is due
// before a day; known is false where none was asked for. family is its id and those
// of the pages merged into it.
func ReturnFiled(ctx context.Context, tx *db.Tx, family []ref.ID, day db.Date) (filed, known bool, err error) {
	rows, err := returnsOf(ctx, tx, family)
	due := day.Year() - 1
	if !day.After(db.Day(day.Year(), 3, 31)) {
		due--
	}
	for _, y := range rows {
		known = known || y.Year == due || y.Year > due && !y.SubmittedOn.IsZero()
		filed = filed || y.Year >= due && !y.SubmittedOn.IsZero()
	}
	return filed, known, err
}

// SubmitReturn files the return of a year, or mends the one that was filed: the
// day of the first filing counts.
func (s *Service) SubmitReturn(ctx context.Context, by access.Actor, org ref.ID, year int, version int64, d ReturnData) (y Return, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		o, err := living(ctx, tx, org)
		if err != nil {
			return err
		}
		if !by.WorksFor(o.ID) {
			return problem.New(problem.Forbidden, "orgs.leads_only")
		}
		if y, err = returnOf(ctx, tx, org, year); err != nil {
			return err
		}
		if err := d.check(); err != nil {
			return err
		}
		by := by.As(access.Lead, org)
		before := y
		first := y.SubmittedOn.IsZero()
		y.ReturnData, y.Version = d, version
		if first {
			y.SubmittedOn = s.today(tx)
		}
		if err := updateReturn(ctx, tx, y); err != nil {
			return err
		}
		y.Version++
		if err := journal.Record(ctx, tx, by, "orgs.return.submit", before, y); err != nil || !first {
			return err
		}
		return s.Obligations.Settle(ctx, tx, by, y.Ref(), ReturnKind, obligations.Kept, y.SubmittedOn)
	})
	return y, err
}

// circleOf tells which fields of returns of o the actor sees.
func (s *Service) circleOf(by access.Actor, o Organization) Shown {
	place, _ := s.PlaceOf(o.PlaceID)
	switch {
	case by.WorksFor(o.ID):
		return ShownToSelf
	case by.SignedIn() && MayKeepRegister(by, place) == nil:
		return ShownToState
	}
	return ShownToAll
}

// ReturnOf gives the return of a year to somebody who works for the organization.
func (s *Service) ReturnOf(ctx context.Context, by access.Actor, org ref.ID, year int) (y Return, o Organization, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if o, err = living(ctx, tx, org); err != nil {
			return err
		}
		if !by.WorksFor(o.ID) {
			return problem.New(problem.Forbidden, "orgs.leads_only")
		}
		y, err = returnOf(ctx, tx, org, year)
		return err
	})
	return y, o, err
}

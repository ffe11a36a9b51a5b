package funding

import (
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// Proposal is what an applicant proposes to do. Money is in tiyn.
type Proposal struct {
	// Lang is the language in which it is written; title and summary may be given
	// in all three.
	Lang    i18n.Lang `json:"lang"`
	Title   i18n.Text `json:"title"`
	Summary i18n.Text `json:"summary"`
	Need    i18n.Text `json:"need"`   // why it is wanted, with evidence
	Method  i18n.Text `json:"method"` // how it is done
	Risks   i18n.Text `json:"risks"`
	Lasting i18n.Text `json:"lasting"` // what stays when the money is spent
	Team    i18n.Text `json:"team"`
	// TopicID is the approved topic of the call that it answers, 0 for none.
	TopicID ref.ID `json:"topic_id,omitempty"`
	// PlaceID is where it is done, MorePlaces where else.
	PlaceID       ref.ID               `json:"place_id"`
	MorePlaces    []ref.ID             `json:"more_places,omitempty"`
	Sphere        string               `json:"sphere"`
	MoreSpheres   []string             `json:"more_spheres,omitempty"`
	TargetGroups  []string             `json:"target_groups,omitempty"`
	Reach         map[string]int64     `json:"reach,omitempty"` // people, by target group
	Beneficiaries int64                `json:"beneficiaries"`
	SDGs          []string             `json:"sdgs,omitempty"`
	Starts        db.Date              `json:"starts"`
	Ends          db.Date              `json:"ends"`
	Activities    []Activity           `json:"activities,omitempty"`
	Indicators    []projects.Indicator `json:"indicators,omitempty"`
	Lines         []BudgetLine         `json:"lines,omitempty"`
	Partners      []Partner            `json:"partners,omitempty"`
	// Asked is the money asked for, Own what applicant and partners bear; both are
	// counted from the lines.
	Asked int64 `json:"asked"`
	Own   int64 `json:"own"`
}

// Activity is one piece of work with the months in which it is done.
type Activity struct {
	ID   ref.ID    `json:"id"`
	Name i18n.Text `json:"name"`
	From db.Date   `json:"from"` // the first day of the first month
	To   db.Date   `json:"to"`   // the first day of the last month
}

// Partner is an organization that takes part, with the row in which it stands.
type Partner struct {
	ID ref.ID `json:"id"`
	projects.Partner
}

// Sum is the whole budget: what is asked for and what the applicant bears.
func (p Proposal) Sum() int64 { return p.Asked + p.Own }

// Plan is the proposal as the plan of a project that is paid by a kind of
// funding. Lines that the applicant bears wholly are left out.
func (p Proposal) Plan(kind, currency string) projects.Plan {
	plan := projects.Plan{Title: p.Title, Summary: p.Summary, Need: p.Need, PlaceID: p.PlaceID, MorePlaces: p.MorePlaces, Sphere: p.Sphere,
		MoreSpheres: p.MoreSpheres, TargetGroups: p.TargetGroups, Reach: p.Reach, Beneficiaries: p.Beneficiaries, SDGs: p.SDGs,
		Starts: p.Starts, Ends: p.Ends, FundingKind: kind, Sum: p.Asked, Currency: currency, Indicators: p.Indicators}
	for _, l := range p.Lines {
		if l.Asked() > 0 {
			plan.Lines = append(plan.Lines, projects.Line{ID: l.ID, Name: l.Name, Sum: l.Asked()})
		}
	}
	for _, x := range p.Partners {
		plan.Partners = append(plan.Partners, x.Partner)
	}
	return plan
}

// months counts the months of the term, those begun as whole.
func (p Proposal) months() int {
	if p.Starts.IsZero() || p.Ends.IsZero() {
		return 0
	}
	fromYear, fromMonth, fromDay := p.Starts.Date()
	toYear, toMonth, toDay := p.Ends.AddDays(1).Date() // the day after the last one
	n := (toYear-fromYear)*12 + int(toMonth-fromMonth)
	if toDay > fromDay {
		n++
	}
	return n
}

// window is what a proposal is judged by: the terms of the call, the round, the
// day on which it closes, and which places the call is for.
type window struct {
	Terms
	Round
	ClosesOn db.Date
	within   func(place ref.ID) bool
}

// check judges the proposal by itself and by the terms of the call for one round.
// The names of fields are those of the form.
func (p Proposal) check(w window) (bad problem.Fields) {
	t := w.Terms
	bad.Reject(p.Title.IsZero(), "title."+string(p.Lang), "form.required")
	bad.Reject(p.Summary.IsZero(), "summary."+string(p.Lang), "form.required")
	for name, text := range map[string]i18n.Text{"need": p.Need, "method": p.Method, "lasting": p.Lasting, "team": p.Team} {
		bad.Reject(text.IsZero(), name, "form.required")
	}
	bad.Reject(p.TopicID != 0 && !slices.Contains(t.TopicIDs, p.TopicID), "topic", "funding.topic_outside")
	bad.Reject(p.PlaceID == 0, "place", "form.required")
	bad.Reject(p.PlaceID != 0 && !w.within(p.PlaceID), "place", "funding.place_outside")
	bad.Reject(p.Sphere == "", "sphere", "form.required")
	bad.Reject(p.Sphere != "" && len(t.Spheres) > 0 && !slices.Contains(t.Spheres, p.Sphere), "sphere", "funding.sphere_outside")
	bad.Reject(slices.Contains(p.MoreSpheres, p.Sphere), "more_spheres", "projects.sphere_twice")
	bad.Reject(p.Beneficiaries <= 0, "beneficiaries", "funding.more_than_zero")
	bad.Reject(len(p.TargetGroups) == 0, "groups", "funding.none_named")
	p.checkTerm(w, &bad)
	p.checkWork(&bad)
	bad.Merge("", checkBudget(p.Lines, t.BudgetNorms, t.OwnShare))
	bad.Reject(len(p.Lines) > 0 && p.Asked < t.MinSum, "lines", "funding.asked_too_little", "least", i18n.Tiyn(t.MinSum))
	bad.Reject(t.MaxSum > 0 && p.Asked > t.MaxSum, "lines", "funding.asked_too_much", "most", i18n.Tiyn(t.MaxSum))
	bad.Reject(p.Asked > w.Sum, "lines", "funding.asked_too_much", "most", i18n.Tiyn(w.Sum))
	return bad
}

// checkTerm: a project begins after its round has closed and keeps to the months
// of the call.
func (p Proposal) checkTerm(w window, bad *problem.Fields) {
	bad.Reject(p.Starts.IsZero(), "starts", "form.required")
	bad.Reject(p.Ends.IsZero(), "ends", "form.required")
	if p.Starts.IsZero() || p.Ends.IsZero() {
		return
	}
	bad.Reject(p.Starts.Before(w.ClosesOn), "starts", "funding.starts_too_early", "day", w.ClosesOn)
	bad.Reject(p.Starts.Year() > lastYear, "starts", "projects.year_out_of_range")
	bad.Reject(p.Ends.Before(p.Starts), "ends", "form.ends_before_start")
	bad.Reject(p.months() < w.MinMonths, "ends", "funding.months_few", "least", w.MinMonths)
	bad.Reject(w.MaxMonths > 0 && p.months() > w.MaxMonths, "ends", "funding.months_many", "most", w.MaxMonths)
}

// checkWork judges activities, indicators and partners.
func (p Proposal) checkWork(bad *problem.Fields) {
	bad.Reject(len(p.Activities) == 0, "activities", "funding.none_named")
	for _, a := range p.Activities {
		at := rowOf("activities", a.ID)
		bad.Reject(a.Name.IsZero(), at+"name", "form.required")
		bad.Reject(a.From.IsZero(), at+"from", "form.required")
		bad.Reject(a.To.IsZero(), at+"to", "form.required")
		bad.Reject(!a.To.IsZero() && a.To.Before(a.From), at+"to", "form.ends_before_start")
		bad.Reject(!a.From.IsZero() && a.From.Before(monthOf(p.Starts)), at+"from", "funding.outside_term")
		bad.Reject(!p.Ends.IsZero() && a.To.After(p.Ends), at+"to", "funding.outside_term")
	}
	bad.Reject(len(p.Indicators) == 0, "indicators", "funding.none_named")
	for _, i := range p.Indicators {
		at := rowOf("indicators", i.ID)
		bad.Reject(i.Name.IsZero(), at+"name", "form.required")
		bad.Reject(!i.Target.Known, at+"target", "form.required")
		bad.Reject(i.Source.IsZero(), at+"source", "form.required")
	}
	for _, x := range p.Partners {
		bad.Reject(x.OrgID == 0 && x.Name == "", rowOf("partners", x.ID)+"org", "form.required")
		bad.Reject(x.Role.IsZero(), rowOf("partners", x.ID)+"role", "form.required")
	}
}

// monthOf is the first day of the month of a day; no date has none.
func monthOf(d db.Date) db.Date {
	if d.IsZero() {
		return d
	}
	year, month, _ := d.Date()
	return db.Day(year, month, 1)
}

// publicText is what others may be shown to repeat: title, summary and need.
func (p Proposal) publicText() string {
	return p.Title.Words() + "\n" + p.Summary.Words() + "\n" + p.Need.Words()
}

// prices are what the lines of the budget tell of the prices of things.
func (p Proposal) prices() (out []PastPrice) {
	for _, l := range p.Lines {
		for _, lang := range i18n.Langs {
			if name := l.Name.Get(lang); name != "" {
				out = append(out, PastPrice{name, l.Unit.Get(lang), l.Price})
			}
		}
	}
	return out
}

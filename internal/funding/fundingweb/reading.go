package fundingweb

import (
	"context"
	"strconv"

	"birge/internal/funding"
	"birge/internal/norms"
	"birge/internal/panels"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// Reader gives applications to the experts of a panel.
type Reader struct {
	Funding *funding.Service
	Places  *places.Service
	Norms   *norms.Service
	Words   func() *i18n.Words
}

// Read gives an application as plain data; blind leaves out whose it is: the
// partners, and what tells of the people.
func (h Reader) Read(ctx context.Context, tx *db.Tx, _ access.Actor, work ref.Ref, blind bool, lang i18n.Lang) (out panels.Reading, err error) {
	a, err := h.Funding.ApplicationIn(ctx, tx, work.ID)
	if err != nil {
		return out, err
	}
	topics, err := funding.PagesIn(ctx, tx, funding.KindTopic, idsOf(a.Proposal.TopicID))
	if err != nil {
		return out, err
	}
	v := reading{h, h.Words().Printer(lang), a.Proposal, topics[a.Proposal.TopicID]}
	out.Title = v.say.Text(a.Proposal.Title)
	out.Sections = append(out.Sections, v.idea(blind), v.work(), v.budget())
	if !blind && len(a.Proposal.Partners) > 0 {
		out.Sections = append(out.Sections, v.partners())
	}
	return out, nil
}

// idsOf is a list of an id, empty where there is none.
func idsOf(id ref.ID) []ref.ID {
	if id == 0 {
		return nil
	}
	return []ref.ID{id}
}

// reading is a proposal in the language of its reader.
type reading struct {
	h   Reader
	say *i18n.Printer
	p   funding.Proposal
	// topic is the one that it answers, zero for none.
	topic ref.Ref
}

func (v reading) term(list, code string) string {
	if t, ok := v.h.Norms.Book().Term(list, code); ok {
		return v.say.Text(t.Name)
	}
	return code
}

func (v reading) idea(blind bool) panels.ReadSection {
	s := panels.ReadSection{Title: v.say.T("funding.step.idea")}
	add := func(name, text string) {
		if text != "" {
			s.Items = append(s.Items, panels.ReadItem{Label: v.say.T("funding.f." + name), Text: text})
		}
	}
	p := v.p
	add("topic", v.say.Text(v.topic.Title))
	if place, ok := v.h.Places.Tree().Place(p.PlaceID); ok {
		s.Items = append(s.Items, panels.ReadItem{Label: v.say.T("funding.place"), Text: v.say.Text(place.Name)})
	}
	add("sphere", v.term(norms.Spheres, p.Sphere))
	add("summary", v.say.Text(p.Summary))
	add("need", v.say.Text(p.Need))
	add("method", v.say.Text(p.Method))
	add("risks", v.say.Text(p.Risks))
	add("lasting", v.say.Text(p.Lasting))
	if !blind {
		add("team", v.say.Text(p.Team))
	}
	add("beneficiaries", v.say.Int(p.Beneficiaries))
	for _, code := range p.TargetGroups {
		add("groups", v.term(norms.TargetGroups, code))
	}
	return s
}

func (v reading) work() panels.ReadSection {
	acts := [][]string{{v.say.T("funding.f.activities.name"), v.say.T("funding.f.activities.from"), v.say.T("funding.f.activities.to")}}
	for _, a := range v.p.Activities {
		acts = append(acts, []string{v.say.Text(a.Name), v.say.Date(a.From), v.say.Date(a.To)})
	}
	shows := [][]string{{v.say.T("funding.f.indicators.name"), v.say.T("funding.f.indicators.target"), v.say.T("funding.f.indicators.source")}}
	for _, x := range v.p.Indicators {
		shows = append(shows, []string{v.say.Text(x.Name), v.target(x), v.say.Text(x.Source)})
	}
	return panels.ReadSection{Title: v.say.T("funding.f.activities"), Items: []panels.ReadItem{
		{Label: v.say.T("funding.term"), Text: v.say.Date(v.p.Starts) + " – " + v.say.Date(v.p.Ends)},
		{Label: v.say.T("funding.f.activities"), Table: acts}, {Label: v.say.T("funding.f.indicators"), Table: shows}}}
}

// target is what an indicator is to become.
func (v reading) target(x projects.Indicator) string {
	switch {
	case !x.Target.Known:
		return "—"
	case x.Measure == projects.YesNo && x.Target.A == 1:
		return v.say.T("funding.yes")
	case x.Measure == projects.YesNo:
		return v.say.T("funding.no")
	}
	return x.Measure.Written(x.Target) + " " + v.say.Text(x.Unit)
}

func (v reading) budget() panels.ReadSection {
	rows := [][]string{{v.say.T("funding.f.lines.name"), v.say.T("funding.f.lines.quantity"), v.say.T("funding.f.lines.price"), v.say.T("funding.budget.sum"), v.say.T("funding.f.lines.own"), v.say.T("funding.f.lines.reason")}}
	for _, l := range v.p.Lines {
		rows = append(rows, []string{v.say.Text(l.Name), v.say.Decimal(float64(l.Quantity)/1000, 3) + " " + v.say.Text(l.Unit), v.say.Money(l.Price, ""), v.say.Money(l.Sum, ""), v.say.Money(l.Own, ""), v.say.Text(l.Reason)})
	}
	return panels.ReadSection{Title: v.say.T("funding.step.budget"), Items: []panels.ReadItem{{Label: v.say.T("funding.budget.asked"), Text: v.say.Money(v.p.Asked, "KZT")},
		{Label: v.say.T("funding.budget.own"), Text: v.say.Money(v.p.Own, "KZT")}, {Label: v.say.T("funding.f.lines"), Table: rows}}}
}

func (v reading) partners() panels.ReadSection {
	s := panels.ReadSection{Title: v.say.T("funding.f.partners")}
	for i, x := range v.p.Partners {
		label := x.Name
		if label == "" {
			label = strconv.Itoa(i + 1)
		}
		s.Items = append(s.Items, panels.ReadItem{Label: label, Text: v.say.Text(x.Role)})
	}
	return s
}

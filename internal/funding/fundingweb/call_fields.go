package fundingweb

import (
	"strconv"
	"strings"

	"birge/internal/funding"
	"birge/internal/platform/ui"
)

// kinds are the kinds of funding for which calls are made.
func (f callForm) kinds() (out []ui.Choice) {
	for _, k := range funding.CallKinds {
		out = append(out, ui.Choice{Value: k, Label: f.h.term(f.Printer, "funding_kind", k)})
	}
	return out
}

// lengths are asked of state grants alone.
func (f callForm) lengths() ui.Field {
	choices := []ui.Choice{{Label: "—"}}
	for _, l := range funding.Lengths {
		choices = append(choices, ui.Choice{Value: string(l), Label: f.T("funding.length." + string(l))})
	}
	x := f.Choose("length", "funding.call.length", choices)
	x.Hint = f.T("funding.call.length_hint")
	return x
}

func (f callForm) programmeField() ui.Field {
	choices := []ui.Choice{{Label: "—"}}
	for _, p := range f.programmes {
		choices = append(choices, ui.Choice{Value: p.ID.String(), Label: f.Text(p.Title) + ", " + strconv.Itoa(p.From) + "–" + strconv.Itoa(p.To)})
	}
	return f.Choose("programme", "funding.programme", choices)
}

// potField offers the money that was set aside.
func (f callForm) potField() ui.Field {
	choices := []ui.Choice{{Label: "—"}}
	for _, p := range f.pots {
		choices = append(choices, ui.Choice{Value: p.ID.String(), Label: f.Text(p.Title) + ", " + f.Money(p.Sum(), "")})
	}
	x := f.Choose("pot", "funding.call.pot", choices)
	x.Hint = f.T("funding.call.pot_hint")
	return x
}

func (f callForm) hour(name, usual string) ui.Field {
	x := f.Ask(name, "funding.call.at_hour")
	x.Hint, x.Max = f.T("funding.call.hour_hint", "hour", usual), 5
	return x
}

func (f callForm) rule(name string) ui.Field {
	x := f.Ask(name, "funding.call.rule")
	x.Hint = f.T("funding.call.rule_hint")
	return x
}

// readyField offers requirements that most calls make.
func (f callForm) readyField() ui.Field {
	choices := []ui.Choice{{Label: "—"}}
	for _, r := range f.ready {
		choices = append(choices, ui.Choice{Value: r.Code, Label: f.Text(r.Text)})
	}
	return f.Choose("ready", "funding.call.ready", choices)
}

// variables lists of what rules may speak.
func (f callForm) variables() ui.Sheet {
	s := ui.Sheet{Caption: f.T("funding.call.names_of_rules"), Columns: []ui.Column{{Label: f.T("funding.call.variable")}, {Label: f.T("funding.call.means")}, {Label: f.T("funding.call.values")}}}
	for _, v := range funding.Env(f.h.Norms.Book()) {
		var codes []string
		for _, c := range v.Codes {
			codes = append(codes, c.Code+" ("+f.Text(c.Label)+")")
		}
		values := strings.Join(codes, ", ")
		if values == "" {
			values = f.T("funding.call.type." + string(v.Type))
		}
		s.Rows = append(s.Rows, ui.Cells(v.Name, f.Text(v.Label), values))
	}
	return s
}

// dropFiles are the documents of the call, to be ticked where one goes.
func (f callForm) dropFiles() ui.Field {
	var choices []ui.Choice
	for _, x := range f.files {
		choices = append(choices, ui.Choice{Value: x.FileID.String(), Label: f.Text(x.Title)})
	}
	return f.Choose("drop_file", "funding.call.drop_files", choices)
}

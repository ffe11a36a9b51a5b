package orgsweb

import (
	"birge/internal/orgs"
	"birge/internal/platform/ui"
)

func required(f ui.Field) ui.Field {
	f.Required = true
	return f
}

func hinted(f ui.Field, hint string) ui.Field {
	f.Hint = hint
	return f
}

// typedAs makes a field of one of HTML's types: "url", "email".
func typedAs(f ui.Field, kind string) ui.Field {
	f.Type = kind
	return f
}

// twinChoices are the pages into which another may be merged.
func (p *Pages) twinChoices(page ui.Page, twins []orgs.Organization) []ui.Choice {
	var out []ui.Choice
	for _, o := range twins {
		out = append(out, ui.Choice{Value: o.ID.String(), Label: page.Text(o.Name) + " · " + p.line(page, o)})
	}
	return out
}

// shownField asks who sees a field of a return.
func shownField(t ui.FormPage, f orgs.ReturnField) ui.Field {
	x := required(t.Choose("shown."+f.Name, "orgs.shown", t.Keyed("orgs.shown.", circles()...)))
	x.Label = t.T("orgs.shown_of", "field", t.T("orgs.return."+f.Name))
	return x
}

func numeric(f ui.Field) ui.Field {
	f.Mode, f.Autocomplete = "numeric", "off"
	return f
}

package orgsweb

import (
	"birge/internal/orgs"
	"birge/internal/platform/ui"
)

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
	x := t.Choose("shown."+f.Name, "orgs.shown", t.Keyed("orgs.shown.", circles()...)).Needed()
	x.Label = t.T("orgs.shown_of", "field", t.T("orgs.return."+f.Name))
	return x
}

func numeric(f ui.Field) ui.Field {
	f.Mode, f.Autocomplete = "numeric", "off"
	return f
}

package panelsweb

import (
	"net/http"
	"net/url"
	"slices"

	"birge/internal/panels"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// partView is a party's part of a seed.
type partView struct {
	panels.Panel
	party ref.Ref
	part  panels.Part
	// value and hash are a suggestion that the portal does not keep.
	value, hash string
}

func (p *Pages) part(w http.ResponseWriter, r *http.Request) error {
	return p.showPart(w, r, url.Values{}, nil)
}

func (p *Pages) showPart(w http.ResponseWriter, r *http.Request, values url.Values, fault error) error {
	v, err := p.readPart(r)
	if err != nil {
		return err
	}
	v.value, v.hash = panels.Suggestion()
	return ui.ShowForm(w, r, "panels.part_title", values, fault, func(t ui.FormPage) templ.Component { return partPage(t, v) })
}

// readPart reads the part of a party for which the reader speaks.
func (p *Pages) readPart(r *http.Request) (v partView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	party, err := web.ID(r, "party")
	if err != nil {
		return v, err
	}
	view, err := p.Panels.View(r.Context(), web.Actor(r), id)
	if err != nil {
		return v, err
	}
	i := slices.IndexFunc(view.Lot.Parts, func(part panels.Part) bool { return part.Party.ID == party && !part.IsDice() })
	if i < 0 || !slices.Contains(view.Speaks, party) {
		return v, problem.New(problem.NotFound, "problem.not_found")
	}
	names, err := p.Orgs.Named(r.Context(), []ref.ID{party})
	return partView{Panel: view.Panel, party: names[party], part: view.Lot.Parts[i]}, err
}

// givePart binds a party to its part or opens it.
func (p *Pages) givePart(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readPart(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	if f.Line("do") == "open" {
		err = p.Panels.OpenPart(r.Context(), web.Actor(r), v.ID, v.part.Party.ID, f.Line("value"))
	} else {
		err = p.Panels.CommitPart(r.Context(), web.Actor(r), v.ID, v.part.Party.ID, f.Line("hash"))
	}
	if err != nil {
		return p.showPart(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, v.Ref().Path, "panels.notice.done")
}

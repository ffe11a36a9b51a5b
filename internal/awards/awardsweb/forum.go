package awardsweb

import (
	"net/http"

	"birge/internal/awards"
	"birge/internal/platform/access"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// forumChoices are the forums of which a round can be a part; none is one too.
func (h *Pages) forumChoices(r *http.Request) ([]ui.Choice, error) {
	list, err := h.Forums.List(r.Context(), access.Actor{})
	say := web.Words(r)
	out := []ui.Choice{{Value: "", Label: say.T("awards.no_forum")}}
	for _, c := range list {
		if !c.Reported() {
			out = append(out, ui.Choice{Value: c.ID.String(), Label: say.Text(c.Title)})
		}
	}
	return out, err
}

// forumOf reads of which forum a round is a part; the zero ref for none.
func (h *Pages) forumOf(f *web.Form) (ref.Ref, error) {
	id := f.ID("forum")
	if id == 0 {
		return ref.Ref{}, nil
	}
	list, err := h.Forums.Cards(f.Context(), []ref.ID{id})
	f.Reject(err == nil && len(list) == 0, "forum", "form.unknown_choice")
	if err != nil || len(list) == 0 {
		return ref.Ref{}, err
	}
	return list[0].Ref(), nil
}

// honours are the awards of a forum as its pages draw them.
type honours struct {
	ui.Page
	h     *Pages
	list  []awards.Honoured
	forum ref.ID
	keeps bool
}

// OfForum tells on the pages of a forum who was honoured there; nil when there is no
// award and the reader begins none.
func (h *Pages) OfForum(r *http.Request, page ui.Page, forum ref.ID, keeps bool) (templ.Component, error) {
	web.Touch(r, awards.KindRound, awards.KindLaureate)
	list, err := h.Awards.OfForum(r.Context(), forum)
	if err != nil || len(list) == 0 && !keeps {
		return nil, err
	}
	for _, x := range list {
		h.until(r, x.Round)
		for _, o := range x.Orgs {
			web.Touch(r, o.Key())
		}
	}
	return forumSection(honours{page, h, list, forum, keeps}), nil
}

// won are the laureates of a round, by nomination.
func (v honours) won(x awards.Honoured) ui.Sheet {
	s := ui.Sheet{Caption: v.Text(x.Round.Title), Columns: []ui.Column{{Label: v.T("awards.nomination")}, {Label: v.T("awards.laureate")}}}
	for _, l := range x.Laureates {
		in, _ := x.Round.Nomination(l.Nomination)
		if l.Stands() {
			s.Rows = append(s.Rows, []ui.Cell{{Show: ui.Text(v.Page, in.Title)}, {Show: who(v.Page, x.Orgs, l)}})
		}
	}
	return s
}

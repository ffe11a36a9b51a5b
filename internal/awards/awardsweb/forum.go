package awardsweb

import (
	"net/http"

	"birge/internal/platform/access"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
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

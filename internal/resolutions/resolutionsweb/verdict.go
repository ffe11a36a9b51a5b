package resolutionsweb

import (
	"net/http"
	"net/url"

	"birge/internal/platform/problem"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/resolutions"

	"github.com/a-h/templ"
)

// questionView is an item that who proposed it without an account is asked to judge.
type questionView struct {
	ui.FormPage
	resolutions.Question
	path string
}

func (p *Pages) judgeFormByLink(w http.ResponseWriter, r *http.Request) error {
	return p.showQuestion(w, r, url.Values{}, nil)
}

// askingOf reads by which link somebody comes, and the address of the form.
func askingOf(r *http.Request) (a resolutions.Asking, path string, err error) {
	a.Token = r.PathValue("token")
	if r.PathValue("item") == "" {
		return a, "/voices/judge/" + a.Token, nil
	}
	a.Item, err = web.ID(r, "item")
	return a, "/voices/mine/" + a.Token + "/items/" + a.Item.String(), err
}

func (p *Pages) showQuestion(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	a, path, missing := askingOf(r)
	if missing != nil {
		return missing
	}
	q, missing := p.Resolutions.Question(r.Context(), a)
	if missing != nil {
		return missing
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	return ui.ShowForm(w, r, "resolutions.judge", values, err, func(t ui.FormPage) templ.Component {
		t.NoIndex = true
		return questionFields(questionView{t, q, path})
	})
}

// judgeByLink takes the word of who proposed an item.
func (p *Pages) judgeByLink(w http.ResponseWriter, r *http.Request) error {
	a, _, err := askingOf(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	confirm, why := judgementOf(f, r)
	var item resolutions.Item
	if err = f.Err(); err == nil {
		item, err = p.Resolutions.JudgeByLink(r.Context(), a, confirm, why)
	}
	if err != nil && !problem.Is(err, problem.NotFound) {
		return p.showQuestion(w, r, f.Values, err)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, item.Ref().Path, "resolutions.notice.judged")
}

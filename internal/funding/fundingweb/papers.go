package fundingweb

import (
	"mime/multipart"
	"net/http"
	"strconv"

	"birge/internal/funding"
	"birge/internal/platform/access"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// paperChoice is which paper of the call a file is.
func (f draftForm) paperChoice() ui.Field {
	var choices []ui.Choice
	for i, p := range f.Call.Papers {
		choices = append(choices, ui.Choice{Value: strconv.Itoa(i + 1), Label: f.Text(p.Name)})
	}
	for _, q := range f.Own.Files {
		choices = append(choices, ui.Choice{Value: strconv.Itoa(q.Paper), Label: f.Text(q.Title)})
	}
	x := f.among("paper", append(choices, ui.Choice{Value: "0", Label: f.T("funding.paper_other")}))
	x.Label, x.Required = f.T("funding.paper_which"), true
	return x
}

// attach puts a file on the draft.
func (h *Pages) attach(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	paper := int(f.Int("paper"))
	file, header, ok := f.File("file")
	f.Reject(!ok, "file", "form.required")
	if err = f.Err(); err == nil {
		err = h.addPaper(r, paper, file, header)
	}
	if err != nil {
		bad := problem.As(err)
		x, missing := h.Funding.Writing(r.Context(), web.Actor(r), id)
		if missing != nil {
			return missing
		}
		if bad == nil {
			return err
		}
		if bad.Fields == nil && (bad.Kind == problem.Invalid || bad.Kind == problem.TooLarge) {
			err = problem.Fields{"file": {Key: bad.Key, Args: bad.Args}}.Err()
		}
		return h.showStep(w, r, x, funding.StepPapers, nil, funding.Saved{}, err)
	}
	return web.SeeOther(w, r, "/drafts/"+id.String()+"/"+string(funding.StepPapers), "funding.notice.attached")
}

func (h *Pages) addPaper(r *http.Request, paper int, file multipart.File, header *multipart.FileHeader) error {
	defer file.Close()
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	checked, err := h.Funding.CheckDraftPaper(r.Context(), web.Actor(r), id, header.Filename, file)
	if err != nil {
		return err
	}
	return h.Funding.AddDraftPaper(r.Context(), web.Actor(r), id, paper, checked)
}

func (h *Pages) detach(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	file, err := web.ID(r, "file")
	if err != nil {
		return err
	}
	if err := h.Funding.RemoveDraftPaper(r.Context(), web.Actor(r), id, file); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/drafts/"+id.String()+"/"+string(funding.StepPapers), "funding.notice.detached")
}

func (h *Pages) draftPaper(w http.ResponseWriter, r *http.Request) error {
	return h.servePaper(w, r, h.Funding.ServeDraftPaper)
}

func (h *Pages) paper(w http.ResponseWriter, r *http.Request) error {
	return h.servePaper(w, r, h.Funding.ServeApplicationPaper)
}

func (h *Pages) servePaper(w http.ResponseWriter, r *http.Request, serve func(http.ResponseWriter, *http.Request, access.Actor, ref.ID, ref.ID) error) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	file, err := web.ID(r, "file")
	if err != nil {
		return err
	}
	return serve(w, r, web.Actor(r), id, file)
}

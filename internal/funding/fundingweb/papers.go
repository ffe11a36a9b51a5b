package fundingweb

import (
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"

	"birge/internal/funding"
	"birge/internal/platform/access"
	"birge/internal/platform/forms"
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
		x, missing := h.Funding.Writing(r.Context(), web.Actor(r), id)
		if missing != nil {
			return missing
		}
		if problem.As(err) == nil {
			return err
		}
		if fault, ok := fileFault(err); ok && problem.As(err).Fields == nil {
			err = problem.Fields{"file": fault}.Err()
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
	checked, err := h.Funding.CheckDraftPaper(r.Context(), web.Actor(r), id, paper, header.Filename, file)
	if err != nil {
		return err
	}
	return h.Funding.AddDraftPaper(r.Context(), web.Actor(r), id, paper, checked)
}

// keepFiles takes off the files whose ticks were taken away on the step of the
// call's own questions, and attaches those that were chosen; what cannot be taken is
// told beside its question.
func (h *Pages) keepFiles(r *http.Request, x funding.Writing, f *web.Form) (bad problem.Fields, err error) {
	shown := f.Values["shown"]
	for _, q := range x.Own.Files {
		name := forms.Field(q.Code)
		for _, p := range x.Papers {
			id := p.FileID.String()
			if p.Paper != q.Paper || !slices.Contains(shown, id) || slices.Contains(f.Values[forms.Field(q.Code, "kept")], id) {
				continue
			}
			if err := h.Funding.RemoveDraftPaper(r.Context(), web.Actor(r), x.Draft.ID, p.FileID); err != nil {
				return bad, err
			}
		}
		for _, header := range f.Files(name) {
			err := h.addChosen(r, q.Paper, header)
			fault, told := fileFault(err)
			if err != nil && !told {
				return bad, err
			}
			bad.Reject(told, name, fault.Key, fault.Args...)
		}
	}
	return bad, nil
}

// fileFault is why a file was not taken, where the one who sent it can do something
// about it.
func fileFault(err error) (f problem.Fault, ok bool) {
	bad := problem.As(err)
	if bad == nil || bad.Kind != problem.Invalid && bad.Kind != problem.TooLarge {
		return f, false
	}
	for _, f := range bad.Fields {
		return f, true
	}
	return problem.Fault{Key: bad.Key, Args: bad.Args}, true
}

func (h *Pages) addChosen(r *http.Request, paper int, header *multipart.FileHeader) error {
	if header.Size == 0 && header.Filename == "" {
		return nil
	}
	file, err := header.Open()
	if err != nil {
		return err
	}
	return h.addPaper(r, paper, file, header)
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

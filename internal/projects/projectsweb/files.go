package projectsweb

import (
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// handIn is what a form of files is for: it stands in the form's address, so
// that the form can be shown again when its body was too large to be read.
type handIn struct {
	path string // of the project
	projects.NewFile
}

func readHandIn(r *http.Request) (handIn, error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return handIn{}, err
	}
	q := r.URL.Query()
	n := handIn{path: projects.Project{ID: id}.Ref().Path, NewFile: projects.NewFile{Part: projects.Belongs(q.Get("of")), Sort: projects.Paper}}
	if q.Has("sort") {
		n.Sort = projects.FileSort(q.Get("sort"))
	}
	n.PartID, _ = ref.ParseID(q.Get("part"))
	n.Indicator, _ = ref.ParseID(q.Get("indicator"))
	if !slices.Contains(projects.FileSorts, n.Sort) {
		return n, problem.New(problem.NotFound, "problem.not_found")
	}
	return n, nil
}

// path is the address of the form for files of a part.
func addFilesPath(project ref.ID, part projects.Belongs, id ref.ID, sort projects.FileSort, indicator ref.ID) string {
	q := url.Values{"sort": {string(sort)}}
	if part != projects.WholeProject {
		q.Set("of", string(part))
		q.Set("part", id.String())
	}
	if indicator != 0 {
		q.Set("indicator", indicator.String())
	}
	return projects.Project{ID: project}.Ref().Path + "/files/new?" + q.Encode()
}

func (n handIn) formPath() string {
	id, _ := ref.ParseID(strings.TrimPrefix(n.path, "/projects/"))
	return addFilesPath(id, n.Part, n.PartID, n.Sort, n.Indicator)
}

// back is where the reader came from.
func (n handIn) back() string {
	switch {
	case n.Part == projects.OfReport:
		return n.path + "/reports/" + n.PartID.String()
	case n.Sort == projects.Picture:
		return n.path + "/pictures"
	}
	return n.path
}

func (h pages) fileForm(w http.ResponseWriter, r *http.Request) error {
	values := url.Values{}
	if n, err := readHandIn(r); err == nil && n.Sort != projects.Evidence {
		values.Set("for_all", "yes") // lists with names are evidence more often than not
	}
	return h.showFileForm(w, r, values, nil)
}

func (h pages) showFileForm(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	n, missing := readHandIn(r)
	if missing != nil {
		return missing
	}
	v, missing := h.story(r)
	if missing != nil {
		return missing
	}
	if !v.May.Report && !(v.May.Edit && n.Part == projects.WholeProject) {
		return problem.New(problem.Forbidden, "projects.only_its_people")
	}
	return h.draw(w, r, "projects.file.add."+string(n.Sort), values, err, func(f form) templ.Component { return fileFields(f, v, n) })
}

// addFiles takes one or several files with what is to be known of them.
func (h pages) addFiles(w http.ResponseWriter, r *http.Request) error {
	n, err := readHandIn(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	if err := ui.TooMuch(f); err != nil {
		return h.showFileForm(w, r, url.Values{}, err)
	}
	n.Title, n.ForAll, n.People = f.Texts("title"), f.Bool("for_all"), files.People(f.Line("people"))
	n.Consent = ui.ReadConsent(f, n.People)
	uploads := f.Files("files")
	f.Reject(len(uploads) == 0, "files", "form.required")
	if err = f.Err(); err == nil {
		err = h.store(r, n, uploads)
	}
	if err != nil {
		return h.showFileForm(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, n.back(), "projects.notice.files")
}

// store judges each file by its bytes and then adds all of them.
func (h pages) store(r *http.Request, n handIn, uploads []*multipart.FileHeader) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	checked, err := ui.Judge(r, uploads, func(name string, body io.Reader) (*files.Checked, error) {
		return h.projects.CheckFile(r.Context(), web.Actor(r), id, n.NewFile, name, body)
	})
	if err != nil {
		return err
	}
	_, err = h.projects.AddFiles(r.Context(), web.Actor(r), id, n.NewFile, checked)
	return err
}

// fileShow is the page of one file for those who keep or check it.
func (h pages) fileShow(w http.ResponseWriter, r *http.Request) error {
	return h.showFile(w, r, url.Values{}, nil)
}

func (h pages) showFile(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := h.story(r)
	if missing != nil {
		return missing
	}
	id, missing := web.ID(r, "file")
	if missing != nil {
		return missing
	}
	_, file, missing := h.projects.File(r.Context(), web.Actor(r), id)
	if missing != nil {
		return missing
	}
	if !v.May.Edit || file.ProjectID != v.Project.ID {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	if !values.Has("keeper") {
		values.Set("keeper", file.Consent.Keeper)
	}
	return h.draw(w, r, "projects.file."+string(file.Sort), values, err, func(f form) templ.Component { return filePage(f, v, file) })
}

// changeFile records or withdraws a consent, hides, shows or removes a file.
func (h pages) changeFile(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "file")
	if err != nil {
		return err
	}
	f, by, ctx := web.ReadForm(r), web.Actor(r), r.Context()
	consent, reason := ui.ReadConsent(f, files.Children), f.Texts("reason")
	if err = f.Err(); err == nil {
		switch f.Line("do") {
		case "consent":
			_, err = h.projects.GiveFileConsent(ctx, by, id, consent)
		case "withdraw":
			_, err = h.projects.WithdrawFile(ctx, by, id)
		case "hide":
			_, err = h.projects.HideFile(ctx, by, id, reason)
		case "unhide":
			_, err = h.projects.UnhideFile(ctx, by, id)
		case "remove":
			err = h.projects.RemoveFile(ctx, by, id)
		default:
			err = problem.New(problem.Invalid, "form.invalid")
		}
	}
	if err != nil {
		return h.showFile(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/projects/"+r.PathValue("id")+"/pictures", "projects.notice.file."+f.Line("do"))
}

// serveFile gives the bytes of a file to those who keep or check it.
func (h pages) serveFile(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "file")
	if err != nil {
		return err
	}
	return h.projects.ServeFile(w, r, web.Actor(r), id, r.PathValue("variant"))
}

func (h pages) pictures(w http.ResponseWriter, r *http.Request) error {
	v, err := h.story(r)
	if err != nil {
		return err
	}
	v.Page.Title = v.T("projects.pictures") + " · " + v.Text(v.Project.Title)
	return web.Render(w, r, http.StatusOK, picturesPage(v))
}

// album is the pictures of one part of a project.
type album struct {
	title, id string
	files     []projects.File
}

// albums are the pictures by event and report, the latest first.
func (v view) albums() []album {
	var list []album
	add := func(title string, part projects.Belongs, id ref.ID) {
		if of := v.FilesOf(part, id, projects.Picture); len(of) > 0 {
			list = append(list, album{title, "p" + id.String(), of})
		}
	}
	for _, e := range v.Events {
		title := v.Text(e.Title) + ", " + v.day(e.On)
		if e.Closed {
			title = v.T("projects.event.closed")
		}
		add(title, projects.OfEvent, e.ID)
	}
	for _, r := range slices.Backward(v.Reports) {
		add(v.reportTitle(r), projects.OfReport, r.ID)
	}
	add(v.T("projects.pictures.of_project"), projects.WholeProject, 0)
	return list
}

// latestPictures are the newest pictures that can be looked at.
func (v view) latestPictures(most int) []projects.File {
	var list []projects.File
	for _, f := range slices.Backward(v.Files) {
		if f.Sort == projects.Picture && f.FileID != 0 && v.isPublic(f) && len(list) < most {
			list = append(list, f)
		}
	}
	return list
}

func (v view) pictureCount() (n int64) {
	for _, f := range v.Files {
		if f.Sort == projects.Picture && f.FileID != 0 && v.isPublic(f) {
			n++
		}
	}
	return n
}

// isPublic tells whether everybody may see a file of the page.
func (v view) isPublic(f projects.File) bool { return f.ShownOn(v.Project, v.isClosed(f)) }

func (v view) isClosed(f projects.File) bool {
	i := slices.IndexFunc(v.Events, func(e projects.Event) bool { return e.ID == f.PartID })
	return f.Part == projects.OfEvent && i >= 0 && v.Events[i].Closed
}

// address is where the reader gets a variant of a file: strangers only what is
// public.
func (v view) address(f projects.File, variant string) string {
	if v.isPublic(f) && (variant != files.Original || !f.IsPicture()) {
		return f.Address(variant)
	}
	return v.URL(f.Ref().Path + "/" + variant)
}

// gallery draws pictures; those who keep or check them find their page.
func (v view) gallery(list []projects.File) []ui.Picture {
	var out []ui.Picture
	for _, f := range list {
		if f.FileID == 0 {
			continue // hidden from this reader
		}
		p := ui.Picture{Href: v.address(f, files.Large), Thumb: v.address(f, files.Thumb), Alt: v.Text(f.Title), Caption: v.Text(f.Title), Width: f.Width, Height: f.Height}
		if v.May.Edit {
			p.More = append(p.More, ui.Link{Title: v.whoSees(f), Path: f.Ref().Path})
		}
		out = append(out, p)
	}
	return out
}

// fileState says who sees a file, and if not everybody, why.
func (v view) fileState(f projects.File) string {
	key := "for_all"
	switch {
	case !f.HiddenOn.IsZero():
		key = "is_hidden"
	case f.NeedsConsent():
		key = "needs_consent"
	case !f.ForAll:
		key = "for_checking"
	case !v.isPublic(f):
		key = "sheltered"
	}
	return v.T("projects.file.state." + key)
}

func (v view) whoSees(f projects.File) string {
	return v.T("files.who_sees") + ": " + v.fileState(f)
}

// hidden are the files that somebody hid, with the reason.
func (a album) hidden() (list []projects.File) {
	for _, f := range a.files {
		if !f.HiddenOn.IsZero() {
			list = append(list, f)
		}
	}
	return list
}

// paperFact says what a document is: "PDF, 240 КБ".
func (v view) paperFact(f projects.File) string {
	return strings.ToUpper(strings.TrimPrefix(path.Ext(f.Name), ".")) + ", " + v.T("projects.kilobytes", "n", v.Int(max(1, f.Size>>10)))
}

// papers are documents or evidence as lines.
func (v view) papers(list []projects.File) []paper {
	var out []paper
	for _, f := range list {
		if f.FileID == 0 {
			out = append(out, paper{note: v.T("projects.file.hidden_because", "reason", v.Text(f.HiddenReason))})
			continue
		}
		p := paper{title: f.Title, href: v.address(f, files.Original), note: v.paperFact(f), indicator: f.Indicator}
		if v.May.Edit {
			p.keep, p.state = f.Ref().Path, v.whoSees(f)
		}
		out = append(out, p)
	}
	return out
}

// paper is one document in a list; keep is its page for those who keep it.
type paper struct {
	title       i18n.Text
	href, note  string
	keep, state string
	indicator   ref.ID
}

// fileFacts are what is known of a file.
func (v view) fileFacts(f projects.File) []ui.Fact {
	list := []ui.Fact{
		{Label: v.T("files.who_sees"), Value: v.fileState(f)},
		{Label: v.T("files.added_on"), Value: v.Date(f.AddedOn)},
		{Label: v.T("files.the_original"), Show: originalLink(v, f)},
	}
	if f.Sort == projects.Picture {
		list = append(list, ui.ConsentFacts(v.Page, f.People, f.Consent)...)
	}
	if !f.HiddenOn.IsZero() {
		list = append(list, ui.Fact{Label: v.T("projects.reason"), Value: v.Text(f.HiddenReason)})
	}
	return list
}

func (h pages) mediaForm(w http.ResponseWriter, r *http.Request) error {
	return h.showMedia(w, r, url.Values{}, nil)
}

func (h pages) showMedia(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	v, missing := h.story(r)
	if missing != nil {
		return missing
	}
	if !v.May.Edit {
		return problem.New(problem.Forbidden, "projects.only_its_people")
	}
	return h.draw(w, r, "projects.add_media", values, err, func(f form) templ.Component { return mediaFields(f, v) })
}

// addMedia puts a link to a publication on the page.
func (h pages) addMedia(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	l := projects.Link{URL: f.Line("url"), Title: f.Texts("title"), Medium: f.Line("medium"), On: f.Date("on")}
	if err = f.Err(); err == nil {
		_, err = h.projects.AddLink(r.Context(), web.Actor(r), id, l)
	}
	if err != nil {
		return h.showMedia(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, projects.Project{ID: id}.Ref().Path, "projects.notice.saved")
}

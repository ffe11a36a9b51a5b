package funding

import (
	"context"
	"net/url"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/forms"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/rules"
)

// OwnForm is the call's own questions with what was answered and what the portal
// knows for their conditions.
type OwnForm struct {
	Form    forms.Form
	Answers forms.Answers
	Known   forms.Known
	// Files are the questions that ask for files, each with the place under which its
	// files are attached.
	Files []FileQuestion
}

// FileQuestion is a question of a call's form that asks for files.
type FileQuestion struct {
	Paper int
	forms.Question
}

// firstQuestion is the place of the files of the first question that asks for some:
// those of the papers of the call stand before it.
const firstQuestion = 1000

// ownForm reads the answers to the call's own questions; an application without
// such a form has none.
func (s *Service) ownForm(ctx context.Context, tx *db.Tx, d ApplicationDraft, values url.Values, papers []PaperFile, known rules.Values) (own OwnForm, err error) {
	own.Known = forms.Known{Env: Env(s.Norms.Book()), Values: known}
	if d.FormID == 0 {
		return own, nil
	}
	if own.Form, err = s.FormIn(ctx, tx, d.FormID, d.FormVersion); err != nil {
		return own, err
	}
	own.Answers = own.Form.Read(values)
	for i, q := range own.Form.Questions() {
		if q.Type != forms.File {
			continue
		}
		f := FileQuestion{firstQuestion + i, q}
		own.Files = append(own.Files, f)
		var a forms.Answer
		for _, p := range papers {
			if p.Paper == f.Paper {
				a.Files = append(a.Files, forms.Kept{ID: p.FileID, Name: p.Name})
			}
		}
		if delete(own.Answers, q.Code); len(a.Files) > 0 {
			own.Answers[q.Code] = a
		}
	}
	return own, nil
}

// Asked is the form without the questions for files that a draft does not take now.
func (o OwnForm) Asked(d ApplicationDraft) forms.Form {
	f := forms.Form{Sections: slices.Clone(o.Form.Sections)}
	for i := range f.Sections {
		f.Sections[i].Questions = slices.DeleteFunc(slices.Clone(f.Sections[i].Questions), func(q forms.Question) bool {
			return q.Type == forms.File && !d.takesFile(q)
		})
	}
	return f
}

// takesFile tells that files may be attached to a question of the call's own form,
// or taken off.
func (d ApplicationDraft) takesFile(q forms.Question) bool {
	return d.Takes(string(StepPapers)) || d.Takes(forms.Field(q.Code))
}

// question is the question to which the files of a place belong.
func (o OwnForm) question(paper int) (FileQuestion, bool) {
	i := slices.IndexFunc(o.Files, func(f FileQuestion) bool { return f.Paper == paper })
	if i < 0 {
		return FileQuestion{}, false
	}
	return o.Files[i], true
}

// takes are the classes of files that a question takes.
func (q FileQuestion) takes() (class files.Class) {
	for kind, c := range map[forms.Kind]files.Class{forms.Documents: files.Documents, forms.Pictures: files.Pictures, forms.Tables: files.Tables} {
		if slices.Contains(q.Question.Files, kind) {
			class |= c
		}
	}
	if class == 0 {
		return files.Documents
	}
	return class
}

// check judges the answers, and gives those that count as the values of fields.
func (o OwnForm) check() (answers url.Values, bad problem.Fields) {
	kept, bad := o.Form.Check(o.Answers, o.Known)
	if answers = o.Form.Fields(kept); len(answers) == 0 {
		answers = nil
	}
	return answers, bad
}

// takesPaper tells that files are attached under a place.
func (o OwnForm) takesPaper(c Call, paper int) bool {
	_, ok := o.question(paper)
	return ok || paper >= 0 && paper <= len(c.Papers)
}

// proposalValues is what rules may know of a proposal.
func (s *Service) proposalValues(p Proposal) rules.Values {
	v := rules.Values{"proposal.sphere": p.Sphere, "proposal.target_groups": append([]string{}, p.TargetGroups...), "proposal.partners": len(p.Partners), "proposal.beneficiaries": p.Beneficiaries}
	if p.Sum() > 0 {
		v["proposal.sum"], v["proposal.own_share"] = p.Asked, float64(p.Own)*100/float64(p.Sum())
	}
	if n := p.months(); n > 0 {
		v["proposal.months"] = n
	}
	codes := []string{}
	for _, id := range append([]ref.ID{p.PlaceID}, p.MorePlaces...) {
		codes = append(codes, s.codesAround(id)...)
	}
	if place, ok := s.Places.Tree().Place(p.PlaceID); ok {
		v["proposal.rural"], v["proposal.places"] = place.Rural, codes
	}
	return v
}

// ineligible are the requirements of the call that the applicant or the proposal
// plainly fails; what is not known people judge.
func ineligible(list []Verdict) (bad problem.Fields) {
	for _, v := range list {
		bad.Reject(v.Answer == rules.No, RequirementField(v.Code), "funding.requirement_fails", "text", v.Text)
	}
	return bad
}

// RequirementField stands for a requirement among the fields of an application.
func RequirementField(code string) string { return "requirement." + code }

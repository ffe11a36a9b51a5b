package projects

import (
	"context"
	"io"
	"net/http"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// CheckFile receives one file of a sort and judges it by its bytes; what is
// refused leaves nothing behind. Nobody but people of the project may hand in.
func (s *Service) CheckFile(ctx context.Context, by access.Actor, project ref.ID, n NewFile, name string, r io.Reader) (*files.Checked, error) {
	err := s.db.View(ctx, func(tx *db.Tx) error {
		p, err := s.visible(ctx, tx, by, project)
		if err != nil {
			return err
		}
		_, err = mayHandIn(by, p, n, s.around(p))
		return err
	})
	if err != nil {
		return nil, err
	}
	class, most := n.Sort.Takes()
	if n.Sort == Picture {
		name = "picture" // people call pictures by those who are in them
	}
	return s.files.Check(ctx, name, r, class, most)
}

// AddFiles puts checked files on a project, an event or a report, all of them or
// none.
func (s *Service) AddFiles(ctx context.Context, by access.Actor, project ref.ID, n NewFile, checked []*files.Checked) (added []File, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		added = added[:0]
		p, err := s.visible(ctx, tx, by, project)
		if err != nil {
			return err
		}
		as, err := mayHandIn(by, p, n, s.around(p))
		if err != nil {
			return err
		}
		if err := n.check(s.today(tx)); err != nil {
			return err
		}
		closed, err := s.takesFiles(ctx, tx, p, n)
		if err != nil {
			return err
		}
		for _, c := range checked {
			f, err := s.addFile(ctx, tx, as, p, n, c, closed)
			if err != nil {
				return err
			}
			added = append(added, f)
		}
		return nil
	})
	return added, err
}

func (s *Service) addFile(ctx context.Context, tx *db.Tx, by access.Actor, p Project, n NewFile, c *files.Checked, closedEvent bool) (File, error) {
	f := File{ID: tx.NewID(), ProjectID: p.ID, Part: n.Part, PartID: n.PartID, Indicator: n.Indicator, Sort: n.Sort, Title: n.Title,
		ForAll: n.ForAll, Closed: closedEvent || p.Sheltered(), AddedOn: s.today(tx), Hidden: p.Hidden, Version: 1}
	if n.Sort == Picture {
		f.People = n.People
		if n.People != files.Nobody {
			f.Consent = n.Consent
		}
	}
	stored, err := s.files.Add(ctx, tx, by, files.NewFile{Checked: c, Owner: f.Ref(), Public: f.ShownOn(p, closedEvent)})
	if err != nil {
		return f, err
	}
	thumb := stored.Copies[files.Thumb]
	f.FileID, f.Name, f.MediaType, f.Size, f.Width, f.Height = stored.ID, stored.Name, stored.MediaType, stored.Size, thumb.Width, thumb.Height
	if err := insertFile(ctx, tx, f); err != nil {
		return f, err
	}
	return f, journal.Record(ctx, tx, by, "projects.file.add", nil, f)
}

// takesFiles finds the part that a file is for, and tells whether it is a closed
// event. A submitted report is never changed, so it takes no more files.
func (s *Service) takesFiles(ctx context.Context, tx *db.Tx, p Project, n NewFile) (closed bool, err error) {
	switch n.Part {
	case WholeProject:
		return false, nil
	case OfEvent:
		e, err := eventByID(ctx, tx, n.PartID)
		if err == nil && e.ProjectID != p.ID {
			err = problem.New(problem.NotFound, "problem.not_found")
		}
		return e.Closed, err
	case OfReport:
		r, err := reportByID(ctx, tx, n.PartID)
		switch {
		case err == nil && r.ProjectID != p.ID:
			err = problem.New(problem.NotFound, "problem.not_found")
		case err == nil && r.State != ReportDraft:
			err = problem.New(problem.Conflict, "projects.file.report_is_public")
		}
		return false, err
	}
	return false, problem.New(problem.NotFound, "problem.not_found")
}

// closedEvent tells whether a file belongs to a closed event.
func closedEvent(ctx context.Context, tx *db.Tx, f File) (bool, error) {
	if f.Part != OfEvent {
		return false, nil
	}
	e, err := eventByID(ctx, tx, f.PartID)
	return e.Closed, err
}

// publishFiles shows or hides the files of a project whose plan was opened or
// sheltered.
func (s *Service) publishFiles(ctx context.Context, tx *db.Tx, by access.Actor, p Project) error {
	list, err := filesOf(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	for _, f := range list {
		closed, err := closedEvent(ctx, tx, f)
		if err != nil {
			return err
		}
		if err := s.publish(ctx, tx, by, p, f, closed); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) publish(ctx context.Context, tx *db.Tx, by access.Actor, p Project, f File, closed bool) error {
	if !f.WithdrawnOn.IsZero() {
		return nil // its bytes are gone
	}
	return s.files.SetPublic(ctx, tx, by, f.FileID, f.ShownOn(p, closed))
}

// changeFile loads a file of a project, judges who may change it, and stores
// what f made of it together with whether strangers may have the bytes.
func (s *Service) changeFile(ctx context.Context, by access.Actor, id ref.ID, act string,
	may func(access.Actor, Project, []ref.ID) (access.Actor, error), change func(*File, db.Date) error) (f File, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, before, closed, err := s.fileIn(ctx, tx, by, id)
		if err != nil {
			return err
		}
		as, err := may(by, p, s.around(p))
		if err != nil {
			return err
		}
		f = before
		if err := change(&f, s.today(tx)); err != nil {
			return err
		}
		f.Version++
		if err := updateFile(ctx, tx, f); err != nil {
			return err
		}
		if err := s.publish(ctx, tx, as, p, f, closed); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, act, before, f)
	})
	return f, err
}

// fileIn loads a file that the actor may see, with its project.
func (s *Service) fileIn(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (p Project, f File, closed bool, err error) {
	if f, err = fileByID(ctx, tx, id); err != nil {
		return p, f, closed, err
	}
	if p, err = s.visible(ctx, tx, by, f.ProjectID); err != nil {
		return p, f, closed, err
	}
	if closed, err = closedEvent(ctx, tx, f); err != nil {
		return p, f, closed, err
	}
	if !maySeeFile(by, p, f, closed, s.around(p)) || f.Part == OfReport && !s.seesReport(ctx, tx, by, p, f) {
		return p, f, closed, problem.New(problem.NotFound, "problem.not_found")
	}
	return p, f, closed, nil
}

// seesReport: the files of a draft are seen by those who see the draft.
func (s *Service) seesReport(ctx context.Context, tx *db.Tx, by access.Actor, p Project, f File) bool {
	r, err := reportByID(ctx, tx, f.PartID)
	return err == nil && maySeeReport(by, p, r)
}

// GiveFileConsent records the consent by which a picture may be shown: by people
// of the organization, who keep the paper.
func (s *Service) GiveFileConsent(ctx context.Context, by access.Actor, id ref.ID, c files.Consent) (File, error) {
	return s.changeFile(ctx, by, id, "projects.file.consent", mayDraft, func(f *File, today db.Date) error { return f.GiveConsent(c, today) })
}

// HideFile keeps a file from everybody, with a reason: by the funder's side.
func (s *Service) HideFile(ctx context.Context, by access.Actor, id ref.ID, reason i18n.Text) (File, error) {
	return s.changeFile(ctx, by, id, "projects.file.hide", mayRunCycle, func(f *File, today db.Date) error { return f.Hide(reason, today) })
}

// UnhideFile shows a hidden file again.
func (s *Service) UnhideFile(ctx context.Context, by access.Actor, id ref.ID) (File, error) {
	return s.changeFile(ctx, by, id, "projects.file.unhide", mayRunCycle, func(f *File, _ db.Date) error { return f.Unhide() })
}

// WithdrawFile takes a picture away everywhere because a person in it took the
// consent back: bytes, copies, what was told of it, and the bodies of its
// entries in the journal. That there was a picture stays known.
func (s *Service) WithdrawFile(ctx context.Context, by access.Actor, id ref.ID) (f File, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, before, _, err := s.fileIn(ctx, tx, by, id)
		if err != nil {
			return err
		}
		as, err := mayDraft(by, p, s.around(p))
		if err != nil {
			return err
		}
		f = before
		if err := f.Withdraw(s.today(tx)); err != nil {
			return err
		}
		return s.forget(ctx, tx, as, &f)
	})
	return f, err
}

// forget removes the bytes of a file and every word that was told of them.
func (s *Service) forget(ctx context.Context, tx *db.Tx, by access.Actor, f *File) error {
	f.Version++
	if err := updateFile(ctx, tx, *f); err != nil {
		return err
	}
	if err := s.files.Delete(ctx, tx, by, f.FileID); err != nil {
		return err
	}
	if err := journal.EraseThings(ctx, tx, by, "projects.file.withdrawn", f.Ref(), ref.Ref{Kind: files.Kind.Name, ID: f.FileID}); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "projects.file.withdraw", nil, *f)
}

// RemoveFile takes a file back that was handed in by mistake: while its report
// is a draft, or the project is still a plan, or it was never shown.
func (s *Service) RemoveFile(ctx context.Context, by access.Actor, id ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, f, closed, err := s.fileIn(ctx, tx, by, id)
		if err != nil {
			return err
		}
		as, err := mayAnnounce(by, p)
		if err != nil {
			return err
		}
		draft := f.Part == OfReport && s.isDraft(ctx, tx, f.PartID)
		if !draft && !p.CanChange() && f.ShownOn(p, closed) {
			return problem.New(problem.Conflict, "projects.file.is_public")
		}
		if f.WithdrawnOn.IsZero() {
			if err := s.files.Delete(ctx, tx, as, f.FileID); err != nil {
				return err
			}
		}
		if err := deleteFile(ctx, tx, f); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "files.remove", f, nil)
	})
}

func (s *Service) isDraft(ctx context.Context, tx *db.Tx, report ref.ID) bool {
	r, err := reportByID(ctx, tx, report)
	return err == nil && r.State == ReportDraft
}

// File gives one file with its project to a reader who may see it.
func (s *Service) File(ctx context.Context, by access.Actor, id ref.ID) (p Project, f File, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, f, _, err = s.fileIn(ctx, tx, by, id)
		return err
	})
	return p, f, err
}

// ServeFile answers with the bytes of a file to a reader who may see it. The
// original of a picture keeps what the camera wrote: it is for those who check.
func (s *Service) ServeFile(w http.ResponseWriter, r *http.Request, by access.Actor, id ref.ID, variant string) error {
	p, f, err := s.File(r.Context(), by, id)
	if err != nil {
		return err
	}
	if _, err := mayDraft(by, p, s.around(p)); err != nil || !f.WithdrawnOn.IsZero() {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	var stored files.File
	err = s.db.View(r.Context(), func(tx *db.Tx) (err error) {
		stored, err = s.files.ByID(r.Context(), tx, f.FileID)
		return err
	})
	if err != nil {
		return err
	}
	return s.files.Serve(w, r, stored, variant)
}

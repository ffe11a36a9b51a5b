package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"birge/internal/platform/problem"
)

// marker is the file that says what kind of portal a folder holds.
const marker = "portal.json"

// folder is what the marker says.
type folder struct {
	Demo bool `json:"demo"`
	// Made tells that the demo's data are whole; a demo whose making was cut
	// short is made anew.
	Made bool `json:"made,omitempty"`
	// Hall tells that it is the hall of one forum, taken along.
	Hall bool `json:"hall,omitempty"`
}

// claim makes the folder and marks it on the first start; afterwards it refuses
// to serve a demo as a portal and the other way round.
func (c *Config) claim() error {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	f, err := readFolder(c.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return writeFolder(c.Data, folder{Demo: c.Demo, Hall: c.Hall != 0})
	case err != nil:
		return fmt.Errorf("app: %w", err)
	case f.Hall != (c.Hall != 0):
		return problem.New(problem.Conflict, "app.hall_folder", "folder", c.Data)
	case f.Demo && !c.Demo:
		return problem.New(problem.Conflict, "app.demo_folder", "folder", c.Data)
	case !f.Demo && c.Demo:
		return problem.New(problem.Conflict, "app.real_folder", "folder", c.Data)
	}
	return nil
}

// holdsDemo tells that the folder is marked as a demo.
func (c *Config) holdsDemo() bool {
	f, err := readFolder(c.Data)
	return err == nil && f.Demo
}

func readFolder(dir string) (f folder, err error) {
	b, err := os.ReadFile(filepath.Join(dir, marker))
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(b, &f)
}

func writeFolder(dir string, f folder) error {
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, marker), b, 0o600)
}

package files

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"birge/internal/platform/problem"
)

// Store keeps blobs under the SHA-256 of their bytes, in small hexadecimal. A
// blob never changes.
type Store interface {
	// Put keeps the size bytes of r; a blob that is there already stays.
	Put(ctx context.Context, sha256 string, size int64, r io.Reader) error
	// Open reads a blob; fs.ErrNotExist when there is none.
	Open(ctx context.Context, sha256 string) (io.ReadSeekCloser, error)
	// Remove forgets a blob, also one that is not there.
	Remove(ctx context.Context, sha256 string) error
}

// Local keeps blobs in a folder, two levels deep. It never leaves the folder.
type Local struct{ root *os.Root }

// OpenLocal keeps blobs in the folder, which is made when it is not there.
func OpenLocal(folder string) (*Local, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return &Local{root}, nil
}

// Close lets go of the folder.
func (l *Local) Close() error { return l.root.Close() }

// shelf is the folder and the path of a blob; only a hash has one.
func shelf(sha256 string) (dir, file string, err error) {
	if len(sha256) != 64 || strings.Trim(sha256, "0123456789abcdef") != "" {
		return "", "", fmt.Errorf("files: %q is no hash", sha256)
	}
	dir = path.Join(sha256[:2], sha256[2:4])
	return dir, path.Join(dir, sha256), nil
}

// Put writes beside and then renames, so a blob is there whole or not at all,
// also after the power fails.
func (l *Local) Put(_ context.Context, sha256 string, size int64, r io.Reader) error {
	dir, file, err := shelf(sha256)
	if err != nil {
		return err
	}
	if info, err := l.root.Stat(file); err == nil && info.Size() == size {
		return nil
	}
	if err := l.root.MkdirAll(dir, 0o700); err != nil {
		return problem.OfDisk(err)
	}
	beside := path.Join(dir, "."+rand.Text())
	if err := l.write(beside, size, r); err != nil {
		return problem.OfDisk(errors.Join(err, l.root.Remove(beside)))
	}
	if err := l.root.Rename(beside, file); err != nil {
		return problem.OfDisk(errors.Join(err, l.root.Remove(beside)))
	}
	return problem.OfDisk(l.sync(dir))
}

func (l *Local) write(name string, size int64, r io.Reader) error {
	f, err := l.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, r)
	if err == nil && n != size {
		err = fmt.Errorf("files: %d bytes came, not %d", n, size)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func (l *Local) sync(dir string) error {
	d, err := l.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open reads a blob.
func (l *Local) Open(_ context.Context, sha256 string) (io.ReadSeekCloser, error) {
	_, file, err := shelf(sha256)
	if err != nil {
		return nil, err
	}
	return l.root.Open(file)
}

// Remove forgets a blob.
func (l *Local) Remove(_ context.Context, sha256 string) error {
	_, file, err := shelf(sha256)
	if err != nil {
		return err
	}
	if err := l.root.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// S3Address is where an S3 service keeps the blobs.
type S3Address struct {
	Endpoint, Bucket, Region string // the endpoint is HOST or HOST:PORT
	Key, Secret              string
	Plain                    bool // without TLS, inside a closed network
}

// ParseS3 reads where a bucket is: s3://HOST[:PORT]/BUCKET, with ?region=NAME
// when the service has regions and plain=yes when it speaks without TLS.
func ParseS3(address, key, secret string) (S3Address, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User != nil {
		return S3Address{}, errors.New("files: write where files lie as s3://HOST/BUCKET; the key comes from BIRGE_S3_KEY and BIRGE_S3_SECRET")
	}
	q := u.Query()
	a := S3Address{Endpoint: u.Host, Bucket: strings.Trim(u.Path, "/"), Region: q.Get("region"), Key: key, Secret: secret, Plain: q.Get("plain") == "yes"}
	for name := range q {
		if name != "region" && name != "plain" {
			return a, fmt.Errorf("files: %q is unknown in the address of a bucket: there are region and plain", name)
		}
	}
	switch {
	case a.Bucket == "" || strings.Contains(a.Bucket, "/"):
		return a, fmt.Errorf("files: %s names no bucket", address)
	case a.Key == "" || a.Secret == "":
		return a, errors.New("files: a bucket needs its key: set BIRGE_S3_KEY and BIRGE_S3_SECRET")
	}
	return a, nil
}

// S3 keeps blobs in a bucket of an S3 service, which keeps them private.
type S3 struct {
	client *minio.Client
	bucket string
}

// OpenS3 keeps blobs in the bucket, which must be there.
func OpenS3(a S3Address) (*S3, error) {
	region := a.Region
	if region == "" {
		region = "us-east-1" // what services without regions expect
	}
	c, err := minio.New(a.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(a.Key, a.Secret, ""), Secure: !a.Plain, Region: region, MaxRetries: 3,
	})
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return &S3{c, a.Bucket}, nil
}

// Put sends a blob in one request.
func (s *S3) Put(ctx context.Context, sha256 string, size int64, r io.Reader) error {
	_, file, err := shelf(sha256)
	if err != nil {
		return err
	}
	_, err = s.client.PutObject(ctx, s.bucket, file, r, size, minio.PutObjectOptions{DisableMultipart: true})
	return s3Problem(err)
}

// Open reads a blob; seeking makes a new request.
func (s *S3) Open(ctx context.Context, sha256 string) (io.ReadSeekCloser, error) {
	_, file, err := shelf(sha256)
	if err != nil {
		return nil, err
	}
	o, err := s.client.GetObject(ctx, s.bucket, file, minio.GetObjectOptions{})
	if err != nil {
		return nil, s3Problem(err)
	}
	if _, err := o.Stat(); err != nil {
		return nil, errors.Join(s3Problem(err), o.Close())
	}
	return o, nil
}

// Remove forgets a blob.
func (s *S3) Remove(ctx context.Context, sha256 string) error {
	_, file, err := shelf(sha256)
	if err != nil {
		return err
	}
	return s3Problem(s.client.RemoveObject(ctx, s.bucket, file, minio.RemoveObjectOptions{}))
}

// s3Problem gives the failures of S3 the meaning that those of a folder have.
func s3Problem(err error) error {
	if err == nil {
		return nil
	}
	switch minio.ToErrorResponse(err).Code {
	case minio.NoSuchKey:
		return fmt.Errorf("files: %w: %w", fs.ErrNotExist, err)
	case "XMinioStorageFull", "InsufficientStorage", "QuotaExceeded":
		return problem.Wrap(err, problem.Unavailable, "problem.disk_full")
	}
	return fmt.Errorf("files: %w", err)
}

;;; session.el --- A build script is opened, completed, read and mended in a real Emacs: `mod.rs` runs this.  -*- lexical-binding: t -*-

(require 'lua-mode)
(require 'flymake)

;; Longer than anything takes on a busy machine.
(setq jsonrpc-default-request-timeout 60
      eglot-connect-timeout 60
      eglot-sync-connect 60
      eglot-send-changes-idle-time 0
      eglot-confirm-server-initiated-edits nil
      make-backup-files nil)

(defun say (format &rest values)
  (princ (apply #'format (concat format "\n") values)))

(defun await (what ask)
  "Wait until ASK gives something, which is returned; WHAT tells what is missing."
  (let ((deadline (+ (float-time) 60)) answer)
    (while (not (setq answer (funcall ask)))
      (when (> (float-time) deadline)
        (error "no %s within a minute" what))
      (accept-process-output nil 0.02)
      ;; What a person's pause would set off.
      (run-hooks 'post-command-hook))
    answer))

(defvar home default-directory)

(defun visit (file)
  (find-file (expand-file-name file home)))

(defun open (file)
  "Visit FILE and wait for its server."
  (visit file)
  (expect (file-exists-p buffer-file-name) "there is no %s" file)
  (run-hooks 'post-command-hook)
  (await (format "server for %s" file) #'eglot-current-server))

(defun findings ()
  "The findings of the buffer as texts, once the server has told some version of them."
  (flymake-start)
  (mapcar (lambda (it) (substring-no-properties (flymake-diagnostic-text it)))
          (flymake-diagnostics)))

(defun replace (old new)
  "Replace the first OLD by NEW, as typing would, and tell the server."
  (goto-char (point-min))
  (search-forward old)
  (replace-match new t t)
  (eglot--signal-textDocument/didChange))

(defun go-to (text)
  (goto-char (point-min))
  (search-forward text))

(defmacro step (name &rest body)
  (declare (indent 1))
  `(progn
     (let ((note (progn ,@body)))
       (say "ok     %s%s" ,name (if (stringp note) (concat ": " note) "")))))

(defun expect (truth format &rest values)
  (unless truth (error "%s" (apply #'format format values))))

(condition-case err
    (progn
      (step "serves the files of a project, and leaves other Lua alone"
        (let ((server (open "app/build.lua")))
          (expect (string-suffix-p "/app/" (project-root (eglot--project server)))
                  "the root is app, not %s" (project-root (eglot--project server)))
          (expect (eq server (open "app/lib/helper.lua")) "a module has the same server")
          (expect (eq server (open "app/hello.build.lua")) "another script has the same server"))
        (visit "other/game.lua")
        (run-hooks 'post-command-hook)
        (expect (not (eglot-managed-p)) "a Lua file of something else is served")
        (visit "app/build.lua"))

      (step "underlines what is wrong, and takes it away"
        (replace "bk.image" "bk.imgae")
        (let ((found (car (await "finding" #'findings))))
          (expect (string-match-p "unknown function `bk.imgae`" found) "%s" found)
          (replace "bk.imgae" "bk.image")
          (await "end of the findings" (lambda () (null (findings))))
          found))

      (step "shows on save what only a run finds"
        (replace "\"make\"" "\"\" .. \"\"")
        (save-buffer)
        (prog1 (car (await "finding of the run" #'findings))
          (replace "\"\" .. \"\"" "\"make\"")
          (save-buffer)
          (await "end of the findings" (lambda () (null (findings))))
          (expect (file-exists-p ".luakit/build.lua.pb") "the LLB is written")))

      (step "completes the members of bk"
        (goto-char (point-max))
        (insert "local c = bk.ca")
        (eglot--signal-textDocument/didChange)
        (let* ((capf (eglot-completion-at-point))
               (offered (all-completions "ca" (nth 2 capf))))
          (expect (member "cache" (mapcar #'substring-no-properties offered)) "%S" offered)
          (delete-region (line-beginning-position) (point-max))
          (eglot--signal-textDocument/didChange)
          (string-join (mapcar #'substring-no-properties offered) " ")))

      (step "shows the documentation of a call"
        (go-to "bk.im")
        (let* ((hover (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover
                                       (eglot--TextDocumentPositionParams)))
               (text (eglot--hover-info (plist-get hover :contents) nil)))
          (expect (string-match-p "bk.image(" text) "%s" text)
          (car (split-string text "\n"))))

      (step "renames a name in all its places"
        (go-to "local bas")
        (eglot-rename "alpine")
        (expect (string-match-p "local alpine = bk.image(\"alpine\")\nlocal built = helper.tools(alpine)"
                                (buffer-string))
                "%s" (buffer-string))
        "")

      (step "ends with its last buffer"
        (let ((server (eglot-current-server)))
          (set-buffer-modified-p nil)
          (eglot-shutdown server)
          (expect (not (jsonrpc-running-p server)) "it still runs"))))
  (error
   (say "FAIL   %s" (error-message-string err))
   (kill-emacs 1)))

(kill-emacs 0)
;;; session.el ends here

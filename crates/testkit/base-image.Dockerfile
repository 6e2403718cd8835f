# The image that tests know as alpine:3.19: busybox, the files that name users, and nothing else.
FROM scratch
COPY --chmod=0755 busybox /bin/busybox
COPY <<passwd /etc/passwd
root:x:0:0:root:/root:/bin/sh
bin:x:1:1:bin:/bin:/bin/false
daemon:x:2:2:daemon:/sbin:/bin/false
node:x:1000:1000:node:/home/node:/bin/sh
app:x:1001:1001:app:/home/app:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/false
passwd
COPY <<group /etc/group
root:x:0:root
bin:x:1:root,bin,daemon
daemon:x:2:root,bin,daemon
wheel:x:10:root
users:x:100:
node:x:1000:node
app:x:1001:app
nobody:x:65534:
group
COPY <<os-release /etc/os-release
NAME="busybox for luakit's tests"
ID=alpine
VERSION_ID=3.19
os-release
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN mkdir -p /root /sbin /usr/bin /usr/sbin /usr/local/bin /usr/lib /lib /opt /srv /var/cache /var/log /run /home \
 && ln -s /bin/busybox /usr/bin/env \
 && mkdir -m 1777 /tmp /var/tmp \
 && chmod 0700 /root \
 && mkdir /home/node /home/app && chown node:node /home/node && chown app:app /home/app
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
CMD ["/bin/sh"]
